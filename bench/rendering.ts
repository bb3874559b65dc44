import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { largeRepository, withNewImage } from './large-repository.ts'
import type { Measured, MeasureTask } from './measure-rendering.ts'
import { extrapolateScript } from './team-script.ts'
import { writeBranch, writeRepository } from './write-repository.ts'

const environments = ['dev', 'staging', 'prod']

/** Builds a large repository and prints how long its renders and diffs take, and what a team's own script takes. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      applications: { type: 'string', default: '1000' },
      touched: { type: 'string', default: '1,10,100,all' },
      /** Leaves the full render out, and everything that follows from it: for very large repositories. */
      'warm-only': { type: 'boolean', default: false },
    },
  })
  const applications = Number(values.applications)
  const counts = values.touched.split(',').map((word) => (word === 'all' ? applications : Number(word)))
  const touched = counts.filter((count) => count <= applications)
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'))
  try {
    const repository = join(folder, 'repository.git')
    const files = buildRepository(repository, applications, touched)
    const targets = applications * environments.length
    print(
      `${targets} targets in ${files.size} files; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
    )
    print('| what                         | seconds | processor, own | targets | peak memory |')
    print('| ---------------------------- | ------: | -------------: | ------: | ----------: |')
    const measure = (task: Omit<MeasureTask, 'repository'>) => measureApart({ repository, ...task })

    const store = join(folder, 'store')
    if (!values['warm-only']) {
      row('cold, everything', measure({ store, everything: true }), 0)
      for (const count of touched) {
        const branches = [`restarted-${count}`]
        row(
          `${count} touched, nothing cached`,
          measure({ store: join(folder, `cold-${count}`), branches }),
          0,
        )
        row(`${count} touched, after a restart`, measure({ store, branches }), 0)
      }
    }
    // The first pull request of a process pays for reading the repository, the others are warm.
    const warm = measure({ store, branches: ['first', ...touched.map((count) => `warm-${count}`)] })
    for (const [position, count] of touched.entries()) row(`${count} touched, warm`, warm, position + 1)
    print('')
    print(await extrapolateScript(repository, files))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function buildRepository(folder: string, applications: number, touched: readonly number[]) {
  mkdirSync(folder)
  const files = largeRepository({ applications, environments })
  writeRepository(folder, files)
  const touch = (branch: string, isTouched: (number: number) => boolean) =>
    writeBranch(folder, branch, withNewImage(files, isTouched, branch), 'main')
  touch('first', (number) => number === applications - 1)
  // What one row renders must not be in the cache that the next one finds.
  for (const count of touched) {
    for (const state of ['restarted', 'warm']) touch(`${state}-${count}`, (number) => number < count)
  }
  return files
}

/** In a process of its own, so that nothing is warm and the peak of memory is its own. */
function measureApart(task: MeasureTask): Measured {
  const script = fileURLToPath(new URL('measure-rendering.ts', import.meta.url))
  const answer = spawnSync(process.execPath, [script, JSON.stringify(task)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1024 ** 3,
  })
  return JSON.parse(answer.stdout) as Measured
}

function row(what: string, { steps, peakBytes }: Measured, position: number): void {
  const step = steps[position]
  if (!step) return
  print(
    `| ${what.padEnd(28)} | ${(step.milliseconds / 1000).toFixed(2).padStart(7)} | ${(step.processorMilliseconds / 1000).toFixed(2).padStart(14)} | ${String(step.targets).padStart(7)} | ${`${Math.round(peakBytes / 1e6)} MB`.padStart(11)} |`,
  )
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
