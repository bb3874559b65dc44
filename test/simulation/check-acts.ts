import type { CheckAnswer } from '../../src/domain/check-answer.ts'
import { pick } from './act.ts'
import { mainBranch } from './fake-github.ts'
import { asksForCheck, demandedCheck } from './shop-files.ts'
import type { Dice, SimulatedWorld } from './simulated-world.ts'

const own = { ...demandedCheck, kind: 'run', by: `${demandedCheck.app}[bot]` } as const

/** Mostly green; each of the others opens nothing. */
const words = ['success', 'success', 'success', 'success', 'in_progress', 'failure', 'skipped'] as const

/** What staging runs is looked at by somebody else's tests, or a commit from before; or somebody says that it was. */
export function answerCheck({ git, github }: SimulatedWorld, dice: Dice): string | undefined {
  const main = git.branches.get(mainBranch) ?? ''
  if (!asksForCheck(git.texts(main))) return undefined
  const rendered = git.branches.get('drawbridge/rendered/staging')
  const released = rendered === undefined ? [] : releasedFrom(git.texts(rendered))
  const sha = dice(8) === 0 ? pick([...git.commits(main)], dice) : pick(released, dice)
  if (sha === undefined) return undefined
  const before = github.answers.get(sha) ?? []
  if (dice(6) === 0) {
    const forged: CheckAnswer = { name: own.name, kind: 'status', by: 'eve', says: 'success' }
    github.answers.set(sha, [forged, ...before.filter(({ by }) => by !== 'eve')])
    return `eve calls ${sha.slice(0, 7)} green`
  }
  const says = pick(words, dice) ?? 'success'
  const { name, kind, by } = own
  github.answers.set(sha, [...before.filter((each) => each.by !== by), { name, kind, by, says }])
  return `${name} of ${sha.slice(0, 7)} is ${says}`
}

function releasedFrom(texts: ReadonlyMap<string, string>): string[] {
  return [...texts].flatMap(([path, text]) =>
    path.endsWith('.release.json') ? [(JSON.parse(text) as { revision: string }).revision] : [],
  )
}
