import { readFileSync } from 'node:fs'
import { createLog } from '../../src/adapters/log/pino-log.ts'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import { createEmulatedClock } from '../../src/emulator/clock.ts'
import { composeDrawbridge } from '../../src/main/compose.ts'
import { untilStopped } from '../../src/main/stop-signal.ts'
import type { Settings } from '../../src/main/settings.ts'
import { killAt } from './kill-at.ts'
import type { Handover } from './handover.ts'

/** The product in a process of its own: started with the path of what the test hands over. */
const handover = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Handover
const { origin, start, rate, point } = handover
const clock = createEmulatedClock(start + (systemClock.now() - origin) * rate, systemClock, rate)
const settings: Settings = { ...handover.settings, kubeconfigs: new Map(handover.kubeconfigs) }
const drawbridge = await composeDrawbridge(settings, {
  clock,
  random: systemRandom,
  children: createChildProcesses(),
  fetch,
  log: createLog({ level: settings.logLevel, clock }),
  intercept: (ports) => (point ? killAt(ports, point, () => process.kill(process.pid, 'SIGKILL')) : ports),
})
await drawbridge.start()
await untilStopped()
await drawbridge.stop()
