import { parseArgs } from 'node:util'
import { discoverChange } from '../src/features/discovery/discover.ts'
import { affectedSources } from '../src/features/rendering/affected-sources.ts'
import { modelRepository } from '../test/features/rendering/model-repository.ts'
import { createDice, randomEdit, withEdits } from '../test/features/rendering/random-edits.ts'
import { repositoryOf, unconfigured } from '../test/features/rendering/repository-of.ts'

/** Makes random edits, one a pull request, and counts the sources that are missed, and those that are affected for nothing. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      applications: { type: 'string', default: '2000' },
      edits: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
    },
  })
  const model = modelRepository(Number(values.applications))
  const base = repositoryOf(Object.fromEntries(model.files))
  const paths = [...model.files.keys()]
  const dice = createDice(Number(values.seed))
  const counted = { edits: 0, affected: 0, read: 0, missed: 0, needless: 0 }
  const start = performance.now()
  for (; counted.edits < Number(values.edits); counted.edits += 1) {
    const edit = randomEdit(model, paths, dice)
    const head = withEdits(base, edit.changes)
    const { before, after } = discoverChange(base, head, unconfigured)
    const found = affectedSources(
      { files: base, sources: before.sources },
      { files: head, sources: after.sources },
    )
    const affected = new Set(found.map((each) => `${each.environment} ${each.source}`))
    for (const source of edit.truth.difference(affected)) {
      counted.missed += 1
      process.stdout.write(`missed: ${edit.words}: ${source}\n`)
    }
    counted.affected += affected.size
    counted.read += edit.truth.size
    counted.needless += affected.difference(edit.truth).size
  }
  const milliseconds = (performance.now() - start) / counted.edits
  process.stdout.write(
    `${counted.edits} edits of ${paths.length} files: ${counted.read} sources read what was edited, ${counted.missed} missed; ` +
      `${counted.affected} were affected, ${counted.needless} of them without reading it (${((100 * counted.needless) / counted.affected).toFixed(1)} %); ${milliseconds.toFixed(1)} ms an edit\n`,
  )
  if (counted.missed > 0) process.exitCode = 1
}
