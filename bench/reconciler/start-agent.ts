import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RepositoryRef } from '../../src/domain/refs.ts'
import { familyProcessorMs } from './processor-time.ts'

export interface AgentSettings {
  repository: RepositoryRef
  environment: string
  cluster: string
  kubeconfig: string
  /** Of the repository with the rendered ref. */
  url: string
  trustedKey: string
  /** For its mirror. */
  folder: string
  /** Milliseconds between two looks at git. */
  intervalMs: number
}

export interface AgentState {
  /** By verb; a watch counts once when it begins. */
  requests: Record<string, number>
  /** Targets by revision. */
  versions: Record<string, { applied: number; healthy: number }>
}

export interface AgentSummary {
  phases: Record<string, number>
  peakMiB: number
  /** What is wrong, some of it. */
  reasons: string[]
}

export interface Agent {
  state(): Promise<AgentState>
  summary(): Promise<AgentSummary>
  /** Processor milliseconds so far, of it and of git for it. */
  processorMs(): number
  /** As the app's hint does: git has something new. */
  hint(): void
  stop(): Promise<void>
}

/** The agent as the image has it: compiled. What strips types from sources takes processor time and memory of its own. */
export async function compileAgent(): Promise<URL> {
  const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))
  await promisify(execFile)(compiler, [
    '--project',
    fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
  ])
  return new URL('../../dist/bench/bench/reconciler/agent-process.js', import.meta.url)
}

const source = new URL('agent-process.ts', import.meta.url)

export function startAgent(settings: AgentSettings, file = source): Agent {
  // As the shipped Deployment of an agent sets it.
  const execArgv = [...process.execArgv, '--max-semi-space-size=8']
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const child = fork(file, [JSON.stringify(settings)], { execArgv, stdio: [...stdio] })
  const ask = async (what: 'state' | 'summary') => {
    child.send(what)
    const [answer] = await once(child, 'message')
    return answer as never
  }
  return {
    processorMs: () => familyProcessorMs(child.pid ?? 0),
    hint: () => void child.send('hint'),
    state: () => ask('state'),
    summary: () => ask('summary'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
