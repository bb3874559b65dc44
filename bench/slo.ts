import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { doTasks } from './slo/do-tasks.ts'
import { habits, type Row, type Table, tables } from './slo/rows.ts'
import type { Results, Task } from './slo/tasks.ts'

const usage = `npm run bench -- slo [options]

  --tables NAMES   of ${Object.keys(tables).join(', ')} (all but hours)
  --habits NAMES   of ${Object.keys(habits).join(', ')} (all)
  --errors SHARES  of requests that a bad release fails: 1,0.05,0.01
  --runs N         bad releases a row (200)
  --healthy N      healthy releases a habit (10000)
  --hours N        of healthy services in the table hours, over all habits (1000000)
  --seed N         the same seed, the same figures (1)
  --threads N      (2, or as many as there are)
  --help
`

/** Simulated releases, good and bad ones, judged by what judges real ones, and by the rules of others. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tables: { type: 'string', default: 'detection,healthy,blame,older,faults' },
      habits: { type: 'string', default: Object.keys(habits).join(',') },
      errors: { type: 'string', default: '1,0.05,0.02,0.01,0.005' },
      runs: { type: 'string', default: '200' },
      healthy: { type: 'string', default: '10000' },
      hours: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      help: { type: 'boolean', default: false },
    },
  })
  const chosen = { tables: values.tables.split(','), habits: values.habits.split(',') }
  const unknown = [
    ...chosen.tables.filter((name) => !Object.hasOwn(tables, name)),
    ...chosen.habits.filter((name) => !Object.hasOwn(habits, name)),
  ]
  if (values.help || unknown.length > 0) {
    process.stderr.write(`${unknown.map((name) => `there is no ${name}\n`).join('')}${usage}`)
    process.exitCode = values.help ? 0 : 64
    return
  }
  const options = {
    runs: Number(values.runs),
    healthy: Number(values.healthy),
    hours: Number(values.hours),
    seed: Number(values.seed),
    habits: chosen.habits,
    faults: values.errors.split(',').map(Number),
  }
  for (const name of chosen.tables) await printTable(tables[name]!(options), Number(values.threads))
}

/** Each row as soon as all of it is known. */
async function printTable({ title, columns, rows }: Table, threads: number): Promise<void> {
  process.stdout.write(`\n${title}\n\n${line(['', ...columns])}${line(['', ...columns].map(() => '---'))}`)
  const tasks = rows.flatMap((row) => row.tasks.map((task) => ({ row, task })))
  const results = new Map<Row, Results[Task['kind']][]>(rows.map((row) => [row, []]))
  const open = new Map(rows.map((row) => [row, row.tasks.length]))
  const waiting = [...rows]
  let done = 0
  await doTasks(
    tasks.map(({ task }) => task),
    threads,
    (index, result) => {
      const { row, task } = tasks[index]!
      results.get(row)![row.tasks.indexOf(task)] = result
      open.set(row, open.get(row)! - 1)
      done += 1
      process.stderr.write(`\r${done} of ${tasks.length} `)
      while (waiting[0] && open.get(waiting[0]) === 0) {
        const first = waiting.shift()!
        process.stderr.write('\r')
        process.stdout.write(line([first.label, ...first.tell(results.get(first)!)]))
      }
    },
  )
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |\n`
}
