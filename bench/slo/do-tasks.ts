import { Worker } from 'node:worker_threads'
import type { Results, Task } from './tasks.ts'

interface Done {
  index: number
  result: Results[Task['kind']]
}

/** Does tasks in so many threads, in order; `onDone` gets each result as it comes, with the task's index. */
export async function doTasks(
  tasks: readonly Task[],
  threads: number,
  onDone: (index: number, result: Results[Task['kind']]) => void,
): Promise<void> {
  let next = 0
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('task-worker.ts', import.meta.url))
      const give = () => {
        const index = next++
        const task = tasks[index]
        if (task) worker.postMessage({ index, task }, [])
        else void worker.terminate().then(() => resolve(), reject)
      }
      worker.on('message', ({ index, result }: Done) => {
        onDone(index, result)
        give()
      })
      worker.on('error', reject)
      give()
    })
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work))
}
