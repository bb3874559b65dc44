import { parentPort } from 'node:worker_threads'
import { doTask, type Task } from './tasks.ts'

/** Does one task after another, and answers each. */
parentPort?.on('message', ({ index, task }: { index: number; task: Task }) => {
  void doTask(task).then((result) => parentPort?.postMessage({ index, result }, []))
})
