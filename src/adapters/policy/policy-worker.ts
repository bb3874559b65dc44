import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../ports/clock.ts'
import type { PolicyEvaluator, PolicyRequest } from '../../ports/policy-evaluator.ts'
import { tooSlow, type WorkerAnswer, type WorkerData, type WorkerRequest } from './worker-messages.ts'

export interface PolicyEvaluatorOptions {
  /** Shipped policies: path → text. */
  shipped: Record<string, string>
  clock: Clock
  /** Computing time one policy has for fifty objects. */
  timeoutMs?: number
  /** Computing time of one request; beyond three times that the thread is ended from outside. */
  requestTimeoutMs?: number
}

/** Memory one worker may take; a policy that wants more ends its thread, not the process. */
const maxHeapMb = 256

/**
 * Evaluates policies in a thread of its own. A policy that takes too long is ended there and closes the gate by name;
 * a thread that ends or stops answering is replaced, its request tried once more, then answered with a problem.
 * `clock` is only that last resort: the limits inside are kept by V8.
 */
export function createPolicyEvaluator(
  options: PolicyEvaluatorOptions,
): PolicyEvaluator & { close(): Promise<void> } {
  const limits = {
    policyMs: options.timeoutMs ?? 200,
    requestMs: options.requestTimeoutMs ?? 10_000,
    rememberedFiles: 500,
  }
  const shipped = Object.entries(options.shipped).map(([path, text]) => ({ path, text }))
  let worker: Worker | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let lastId = 0

  return {
    evaluate(request) {
      const answer = queue.then(() => evaluate(request))
      queue = answer.catch(() => undefined)
      return answer
    },
    async close() {
      await queue
      await worker?.terminate()
      worker = undefined
    },
  }

  async function evaluate(request: PolicyRequest) {
    const fromRepository = Object.entries(request.repositoryPolicies).map(([path, text]) => ({ path, text }))
    const work = {
      policies: [...shipped, ...fromRepository],
      settings: request.settings,
      targets: request.targets,
    }
    const first = await ask({ id: ++lastId, ...work })
    const { findings, problems } = first ?? (await ask({ id: ++lastId, ...work })) ?? unanswered
    return { findings, problems }
  }

  /** Undefined: the thread ended or was ended. */
  async function ask(request: WorkerRequest): Promise<WorkerAnswer | undefined> {
    const current = (worker ??= start(limits))
    const settled = new AbortController()
    const answer = await new Promise<WorkerAnswer | undefined>((resolve) => {
      const give = (message: WorkerAnswer) => resolve(message)
      const giveUp = () => resolve(undefined)
      current.on('message', give).on('exit', giveUp)
      settled.signal.addEventListener('abort', () => {
        current.off('message', give).off('exit', giveUp)
      })
      current.postMessage(request, [])
      void outlast(current, settled.signal).then(giveUp)
    })
    settled.abort()
    if (!answer) {
      worker = undefined
      await current.terminate()
    }
    return answer
  }

  /** Resolves when the thread has computed for too long. A clock that was moved ahead is not time that it had. */
  async function outlast(thread: Worker, signal: AbortSignal): Promise<void> {
    const before = thread.performance.eventLoopUtilization().active
    const computed = () => thread.performance.eventLoopUtilization().active - before
    do {
      await options.clock.sleep(limits.requestMs * 3, signal)
    } while (!signal.aborted && computed() < limits.requestMs * 3)
  }
}

const unanswered = {
  findings: [],
  problems: [tooSlow(`needed more than the time or the ${maxHeapMb} MB of memory they have`)],
}

function start(limits: WorkerData['limits']): Worker {
  // The same file beside this one: TypeScript in a checkout, JavaScript in a build.
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
  const workerData: WorkerData = { limits }
  const worker = new Worker(file, {
    workerData,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb, maxYoungGenerationSizeMb: 32 },
  })
  // An error ends the thread; `exit` follows and is what is waited for.
  worker.on('error', () => undefined)
  worker.unref()
  return worker
}
