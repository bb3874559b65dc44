// Goes through random orders of events: npm run simulate -- --seeds 1000 [--from 1] [--steps 35] [--days delivering]
import { parseArgs } from 'node:util'
import { type Coverage, simulate, SimulationFailure } from '../test/simulation/simulate.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    steps: { type: 'string', default: '35' },
    /** `reviewing` or `delivering`. */
    days: { type: 'string', default: 'reviewing' },
  },
})
const [seeds, from, steps] = [Number(values.seeds), Number(values.from), Number(values.steps)]
const days = values.days === 'delivering' ? 'delivering' : 'reviewing'
const reached: Coverage = new Map()
const before = process.cpuUsage()
let failures = 0
for (let seed = from; seed < from + seeds; seed += 1) {
  try {
    for (const [what, times] of await simulate(seed, { steps, days }))
      reached.set(what, (reached.get(what) ?? 0) + times)
  } catch (error) {
    if (!(error instanceof SimulationFailure)) throw error
    failures += 1
    process.stdout.write(`${error.message}\n\n`)
  }
}
const { user, system } = process.cpuUsage(before)
for (const [what, times] of [...reached].toSorted())
  process.stdout.write(`${String(times).padStart(8)}  ${what}\n`)
process.stdout.write(
  `${seeds} orders, ${failures} of them with a fault; ${((user + system) / 1_000_000).toFixed(1)} s of computing time\n`,
)
if (failures > 0) process.exitCode = 1
