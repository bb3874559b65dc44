import { readFileSync } from 'node:fs'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import type { AgentOptions } from '../../src/cli/subcommand.ts'
import { createEmulatedClock } from '../../src/emulator/clock.ts'
import { runAgentProcess } from '../../src/main/agent.ts'
import { stopSignal } from '../../src/main/stop-signal.ts'

/** What the test hands over: the command line's options, and the world's time, which it goes on telling. */
export interface AgentOrder {
  options: AgentOptions
  now: number
  rate: number
}

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as AgentOrder
const clock = createEmulatedClock(order.now, systemClock, order.rate)
process.on('message', (now: number) => clock.jumpTo(now))
process.once('disconnect', () => process.exit(0))
process.exitCode = await runAgentProcess(order.options, clock, stopSignal())
process.disconnect()
