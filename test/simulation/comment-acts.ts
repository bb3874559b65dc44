import { everybody, openPullOf, pick, someone } from './act.ts'
import { mainBranch } from './fake-github.ts'
import { type Dice, self, type SimulatedWorld } from './simulated-world.ts'

const comments = [
  '/approve',
  '/approve',
  '/approve prod',
  '/override approvals it is late',
  '/override window it is late',
  '/override all it is late',
  '/override all --until 2h it is late',
  '/lock prod search --until 20m trying something',
  '/lock prod trying something',
  '/unlock prod',
  '/unlock prod search',
  '/freeze prod the auditors are here',
  '/freeze prod checkout --until 30m a sale',
  '/unfreeze prod',
  '/promote prod',
  '/promote prod checkout',
  '/promote prod checkout --to EARLIER',
  '/promote prod --to EARLIER',
  '/pin checkout prod it is slow',
  '/unpin checkout prod',
  '/hold search prod the sale is on',
  '/unhold search prod',
  '/unhold search prod',
  '/unhold checkout prod',
  '/revert checkout prod',
  '/recheck',
  '/explain',
  '/aprove',
  'looks good to me',
]

/** With a commit in the place of `EARLIER`. */
function wordsOf({ git }: SimulatedWorld, dice: Dice): string {
  const body = pick(comments, dice) ?? '/help'
  if (!body.includes('EARLIER')) return body
  const commits = git.commits(git.branches.get(mainBranch) ?? '')
  return body.replace('EARLIER', pick(commits, dice)?.slice(0, 10) ?? '')
}

export function writeCommand(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const by = someone(dice, [...everybody, 'radia', 'margaret'])
  const body = wordsOf(world, dice)
  world.github.comment(by, pull.ref.number, body)
  return `${by.login} writes "${body}" on #${pull.ref.number}`
}

function someComment(world: SimulatedWorld, dice: Dice) {
  const pull = openPullOf(world, dice)
  const written = pull && world.github.pulls.get(pull.ref.number)?.comments
  const chosen = pick(written?.filter(({ author }) => author.id !== self.id) ?? [], dice)
  return pull && chosen && { number: pull.ref.number, chosen }
}

export function editComment(world: SimulatedWorld, dice: Dice): string | undefined {
  const found = someComment(world, dice)
  if (!found) return undefined
  const body = wordsOf(world, dice)
  world.github.editComment(found.number, found.chosen.id, body)
  return `the comment ${found.chosen.id} of ${found.chosen.author.login} on #${found.number} becomes "${body}"`
}

export function deleteComment(world: SimulatedWorld, dice: Dice): string | undefined {
  const found = someComment(world, dice)
  if (!found) return undefined
  world.github.deleteComment(found.number, found.chosen.id)
  return `the comment ${found.chosen.id} of ${found.chosen.author.login} on #${found.number} is deleted`
}

/** A comment that says nothing becomes a command before anybody has read it. */
export function editIntoCommand(world: SimulatedWorld, dice: Dice): string | undefined {
  const pull = openPullOf(world, dice)
  if (!pull) return undefined
  const { number } = pull.ref
  const by = someone(dice, ['radia', 'margaret'])
  world.github.comment(by, number, 'looks good to me')
  const id = world.github.pulls.get(number)?.comments.at(-1)?.id ?? ''
  const body =
    pick(
      ['/approve', '/override all it is late', '/override approvals it is late', '/freeze prod now'],
      dice,
    ) ?? ''
  world.github.editComment(number, id, body)
  return `${by.login} writes on #${number} and edits it into "${body}"`
}

/** Whoever approved by a comment takes it back, or writes it anew: what it says now is not what was said then. */
export function editApproval(world: SimulatedWorld, dice: Dice): string | undefined {
  const approvals = world.github
    .openPulls()
    .flatMap(({ ref: { number } }) =>
      (world.github.pulls.get(number)?.comments ?? [])
        .filter(
          ({ body, isEdited, author }) => body.startsWith('/approve') && !isEdited && author.id !== self.id,
        )
        .map(({ id, author }) => ({ number, id, author })),
    )
  const chosen = pick(approvals, dice)
  if (!chosen) return undefined
  const body = pick(['on second thoughts, no', '/approve', '/approve prod'], dice) ?? ''
  world.github.editComment(chosen.number, chosen.id, body)
  return `${chosen.author.login} edits the approval ${chosen.id} of #${chosen.number} into "${body}"`
}
