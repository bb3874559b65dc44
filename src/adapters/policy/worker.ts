import vm from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { evaluatePolicies } from '../../features/policy/evaluate-policies.ts'
import { type Limit, PolicyTimeout } from '../../features/policy/limit.ts'
import { type ParsedPolicies, parsePolicy } from '../../features/policy/parse-policy.ts'
import { tooSlow, type WorkerAnswer, type WorkerData, type WorkerRequest } from './worker-messages.ts'

/*
 * The inside of the policy worker. It calls the pure features `parsePolicy` and `evaluatePolicies`; what it adds is the
 * limit: V8 ends an evaluation that takes too long, wherever it is, and the next policy goes on.
 */
const { limits }: WorkerData = workerData
const parsed = new Map<string, ParsedPolicies>()
const slot = vm.createContext({ run: () => {} })
const script = new vm.Script('run()')

parentPort?.on('message', (request: WorkerRequest) => {
  parentPort?.postMessage({ id: request.id, ...answerTo(request) } satisfies WorkerAnswer, [])
})

function answerTo({ policies, settings, targets }: WorkerRequest): Omit<WorkerAnswer, 'id'> {
  try {
    return within(limits.requestMs)(() => {
      const files = policies.map(({ path, text }) => remember(path, text))
      const all = files.flatMap((file) => file.policies)
      const { findings, problems } = evaluatePolicies(all, settings, targets, patiently(limits.policyMs))
      return { findings, problems: [...files.flatMap((file) => file.problems), ...problems] }
    })
  } catch (error) {
    if (!(error instanceof PolicyTimeout)) throw error
    return { findings: [], problems: [tooSlow(error.message)] }
  }
}

/** A second try: the first may have lost its time to a busy machine. */
function patiently(timeoutMs: number): Limit {
  return (work) => {
    try {
      return within(timeoutMs)(work)
    } catch (error) {
      if (error instanceof PolicyTimeout) return within(timeoutMs)(work)
      throw error
    }
  }
}

function remember(path: string, text: string): ParsedPolicies {
  const key = `${path}\n${text}`
  const known = parsed.get(key) ?? parsePolicy(text, path)
  parsed.delete(key)
  parsed.set(key, known)
  const oldest = parsed.keys().next()
  if (parsed.size > limits.rememberedFiles && !oldest.done) parsed.delete(oldest.value)
  return known
}

function within(timeoutMs: number): Limit {
  return (work) => {
    const results: ReturnType<typeof work>[] = []
    const outer = slot.run
    slot.run = () => {
      results.push(work())
    }
    try {
      script.runInContext(slot, { timeout: timeoutMs })
    } catch (error) {
      throw isTimeout(error) ? new PolicyTimeout(`took longer than ${timeoutMs} ms`) : error
    } finally {
      slot.run = outer
    }
    const [result] = results
    return result as ReturnType<typeof work>
  }
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  )
}
