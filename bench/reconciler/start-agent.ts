import { fork } from 'node:child_process'
import { once } from 'node:events'
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
}

export interface AgentState {
  /** By verb; a watch counts once when it begins. */
  requests: Record<string, number>
  phases: Record<string, number>
  /** Targets by revision. */
  versions: Record<string, { applied: number; healthy: number }>
  peakMiB: number
  /** What is wrong, some of it. */
  reasons: string[]
}

export interface Agent {
  state(): Promise<AgentState>
  /** Processor milliseconds so far, of it and of git for it. */
  processorMs(): number
  /** As the app's hint does: git has something new. */
  hint(): void
  stop(): Promise<void>
}

export function startAgent(settings: AgentSettings): Agent {
  const file = new URL('agent-process.ts', import.meta.url)
  // As the shipped Deployment of an agent sets it.
  const execArgv = [...process.execArgv, '--max-semi-space-size=8']
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const child = fork(file, [JSON.stringify(settings)], { execArgv, stdio: [...stdio] })
  return {
    processorMs: () => familyProcessorMs(child.pid ?? 0),
    hint: () => void child.send('hint'),
    async state() {
      child.send('state')
      const [state] = (await once(child, 'message')) as [AgentState]
      return state
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
