import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { compareStep, type StepResult } from './compare-step.ts'
import { checkOut, git, gitFolder } from './git-folder.ts'
import { history } from './history.ts'
import { createOracle } from './oracle.ts'
import { openProduct } from './product.ts'
import { borrowRepository, randomEdits } from './random-edits.ts'
import { tableHead, tableRow } from './table.ts'

const usage = `Compares what Drawbridge finds, renders and shows with the official tools, over a repository's real history.

  npm run compare -- --repo DIR [--repo DIR …] [--commits 50]

For each of the last commits that touch manifests: the diff is taken as for a pull request; both sides are checked out
by git, and kubectl and helm are asked for every source that was found; objects and changes must be equal.

--repo DIR       a clone, bare or not; give it again for several
--commits N      how many commits of the first-parent history; 50 when absent
--stride N       every N-th of them only, to reach further back
--rev REV        where to start; HEAD when absent
--every N        the newest commit and every N-th before it run every tool anew and render everything; 10 when absent
--edits N        instead of the history: N random edits of single files upon the newest commit
--seed N         other edits; 1 when absent
--flux FILE      the flux program, for what Flux delivers (asked with the variables that the repository tells)
--kustomize FILE the kustomize program, for what Argo CD delivers with edits of its own
--details FILE   writes every mismatch and refusal as JSON lines
--help
`

const { values } = parseArgs({
  options: {
    repo: { type: 'string', multiple: true, default: [] },
    commits: { type: 'string', default: '50' },
    stride: { type: 'string', default: '1' },
    rev: { type: 'string', default: 'HEAD' },
    every: { type: 'string', default: '10' },
    edits: { type: 'string' },
    seed: { type: 'string', default: '1' },
    flux: { type: 'string' },
    kustomize: { type: 'string' },
    details: { type: 'string' },
    help: { type: 'boolean' },
  },
})

if (values.help || values.repo.length === 0) {
  process.stdout.write(usage)
  process.exitCode = values.help ? 0 : 64
} else {
  process.stdout.write(tableHead)
  const details: StepResult[] = []
  for (const folder of values.repo) {
    const results = await compareRepository(folder)
    details.push(...results)
    process.stdout.write(tableRow(nameOf(folder), results))
    if (results.some(({ mismatches }) => mismatches.length > 0)) process.exitCode = 1
  }
  if (values.details)
    await writeFile(values.details, details.map((each) => `${JSON.stringify(each)}\n`).join(''))
}

async function compareRepository(folder: string): Promise<StepResult[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'compare-'))
  const origin = await gitFolder(folder)
  const repository = values.edits ? await borrowRepository(origin, join(scratch, 'edits.git')) : origin
  const product = await openProduct(repository)
  const oracle = createOracle(
    { ...product.tools, flux: values.flux, kustomize: values.kustomize },
    availableParallelism(),
  )
  const steps = values.edits
    ? await randomEdits(
        repository,
        await commitOf(origin, values.rev),
        Number(values.edits),
        Number(values.seed),
      )
    : await history(repository, values.rev, Number(values.commits), Number(values.stride))
  const results: StepResult[] = []
  try {
    for (const [position, step] of steps.entries()) {
      const base = await checkOut(repository, join(scratch, 'base'), step.base)
      const head = await checkOut(repository, join(scratch, 'head'), step.head)
      const isWhole = (steps.length - 1 - position) % Number(values.every) === 0
      const result = await compareStep(step, { base, head }, product, oracle, isWhole)
      results.push(result)
      report(folder, position, steps.length, result)
    }
    return results
  } finally {
    await product.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

async function commitOf(repository: string, rev: string): Promise<string> {
  return (await git(repository, ['rev-parse', `${rev}^{commit}`])).trim()
}

function report(folder: string, position: number, all: number, { step, mismatches }: StepResult): void {
  process.stderr.write(`${nameOf(folder)} ${position + 1}/${all} ${step.head.slice(0, 10)}\n`)
  for (const mismatch of mismatches) process.stderr.write(`  ${mismatch}\n`)
}

/** A folder's own name, or its parent's where it is only called by what it holds. */
function nameOf(folder: string): string {
  const path = resolve(folder)
  const name = basename(path, '.git')
  return name === 'repo' || name === '' ? basename(join(path, '..')) : name
}
