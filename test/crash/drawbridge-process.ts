import { readFileSync } from 'node:fs'
import { createLog } from '../../src/adapters/log/pino-log.ts'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import { createEmulatedClock } from '../../src/emulator/clock.ts'
import { composeDrawbridge } from '../../src/main/compose.ts'
import type { Settings } from '../../src/main/settings.ts'
import { watchWrites } from './crash-points.ts'

/** What the test hands over: the world's settings, its time, and where to end. */
export interface ProcessOrder {
  settings: Omit<Settings, 'kubeconfigs'>
  kubeconfigs: [string, string][]
  /** At `realEpoch` of the machine's clock the world's clock showed `epoch`; it runs `rate` times as fast. */
  epoch: number
  realEpoch: number
  rate: number
  /** The point at which this process kills itself, the first time it is reached; absent: it lives. */
  point?: string
}

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ProcessOrder
const now = order.epoch + (systemClock.now() - order.realEpoch) * order.rate
const clock = createEmulatedClock(now, systemClock, order.rate)

const drawbridge = await composeDrawbridge(
  { ...order.settings, kubeconfigs: new Map(order.kubeconfigs) },
  {
    clock,
    random: systemRandom,
    children: createChildProcesses(),
    fetch,
    log: createLog({ level: order.settings.logLevel, clock }),
    intercept: (ports) =>
      watchWrites(ports, (point) => {
        if (point === order.point) process.kill(process.pid, 'SIGKILL')
      }),
  },
)
await drawbridge.start()
process.stdout.write('up\n')
