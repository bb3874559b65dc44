import type { Demo } from './open-demo.ts'
import { type Narrator, StoryFailure } from './narrator.ts'
import { createStage, type Stage } from './stage.ts'

const minute = 60_000
const hour = 60 * minute

/** Where the pictures of the README are taken. */
export interface StoryAddresses {
  comment: string
  checks: string
  rollout: string
  board: string
}

/** The seven chapters, each on what the one before left behind. Throws StoryFailure at the first that does not come true. */
export async function tellStory(demo: Demo, narrator: Narrator): Promise<StoryAddresses> {
  const stage = createStage(demo, narrator)
  await stage.baseline()
  const change = await review(stage)
  await approveAndMerge(stage, change)
  await rollOut(stage, change)
  await healDrift(stage)
  await promoteToStaging(stage)
  const promotion = await promoteToProduction(stage, change)
  await breachAndRevert(stage, promotion)
  const offer = await pushStraight(stage)
  return {
    comment: stage.pullPage(offer),
    checks: `${stage.pullPage(promotion)}/checks`,
    rollout: stage.pullPage(change),
    board: demo.drawbridge.url(),
  }
}

async function review(stage: Stage): Promise<number> {
  const { narrator } = stage
  narrator.chapter('A pull request shows what it really changes')
  const change = await stage.openPull({
    by: 'ada',
    title: 'Checkout 1.9.0, and less memory for everybody',
    branch: 'checkout-1.9.0',
    edits: {
      'apps/checkout/overlays/dev/kustomization.yaml': (text) => text.replace('"1.8.0"', '"1.9.0"'),
      'components/defaults/container.yaml': (text) => text.replace('memory: 512Mi', 'memory: 384Mi'),
    },
  })
  narrator.happened(`ada opens #${change}: a new tag in dev, and a change to the base that four services share`, stage.pullPage(change))
  const comment = await narrator.until('the comment with the rendered diff', () =>
    stage.comment(change, (body) => body.includes('memory') && body.includes('1.9.0')),
  )
  narrator.happened('Drawbridge comments the rendered diff of every application and environment, danger lines first')
  narrator.quote(stage.headOf(comment))
  await narrator.until('the checks, one for each gate and one for all', () => stage.hasChecks(change, 7))
  const approvals = await narrator.until('the approvals check names who is missing', () =>
    stage.check(change, 'drawbridge/approvals', (check) => check.conclusion === 'action_required' && check.title.includes('@shop/platform')),
  )
  const window = await narrator.until('the window is open', () =>
    stage.check(change, 'drawbridge/window', (check) => check.conclusion === 'success'),
  )
  narrator.happened('one check for each gate, and one for all of them', `${stage.pullPage(change)}/checks`)
  narrator.quote(`approvals: ${approvals.title}\nwindow: ${window.title}`)
  return change
}

async function approveAndMerge(stage: Stage, change: number): Promise<void> {
  const { narrator } = stage
  narrator.chapter('The owners of everything that changes approve; the check turns green by itself')
  await stage.as('grace').approve(change)
  narrator.happened('grace, of @shop/platform and @shop/checkout, approves')
  const others = await narrator.until('the owners of what the base changes are asked, too', () =>
    stage.check(change, 'drawbridge/approvals', ({ title }) => title.includes('@shop/catalog') && !title.includes('@shop/platform')),
  )
  narrator.quote(`approvals: ${others.title}`)
  for (const login of ['margaret', 'radia']) await stage.as(login).approve(change)
  narrator.happened('margaret, of @shop/catalog and @shop/storefront, and radia, of @shop/payments, approve')
  await narrator.until('the aggregate check is green', () => stage.check(change, 'drawbridge', ({ conclusion }) => conclusion === 'success'))
  narrator.happened('every gate is open')
  await narrator.until('the merge', () => stage.merge('ada', change))
  narrator.happened('ada merges')
}

async function rollOut(stage: Stage, change: number): Promise<void> {
  const { narrator } = stage
  narrator.chapter('What was approved is committed, signed, and applied')
  const commit = await narrator.until('a signed commit on the rendered ref of dev', () => stage.renderedCommit('dev', 'checkout'))
  narrator.happened(`the rendered objects are committed to drawbridge/rendered/dev, signed (${commit.slice(0, 7)})`, stage.commitsPage('drawbridge/rendered/dev'))
  await narrator.until('checkout 1.9.0 runs in dev', () => stage.runs('dev', 'checkout', '1.9.0'))
  narrator.happened('the reconciler verifies the signature and applies: checkout 1.9.0 is ready in dev')
  await narrator.until('the memory limit arrives in every region of production', () =>
    ['prod-eu', 'prod-us'].every((cluster) => stage.memoryLimit(cluster, 'payments') === '384Mi'),
  )
  const board = await narrator.until('the comment is the roll-out board, and all is healthy', () =>
    stage.comment(change, (body) => body.includes('prod-us') && !/waiting|rolling out|applying/.test(body)),
  )
  narrator.happened('region by region, production follows; the comment is now the roll-out board', stage.pullPage(change))
  narrator.quote(stage.headOf(board))
}

async function healDrift(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.chapter('Somebody edits a live object')
  stage.edit('dev', 'storefront', { spec: { replicas: 7 } })
  narrator.happened('somebody scales storefront in dev to 7 by hand')
  await narrator.until('one replica again', () => stage.replicas('dev', 'storefront') === 1)
  const release = await narrator.until('the drift is reported', () => stage.release('storefront', 'dev', ({ drift }) => drift?.healed === true))
  narrator.happened(`healed at once; reported: ${release.drift?.object}, ${release.drift?.fields.join(', ')} by ${release.drift?.manager}`, stage.boardPage())
}

async function promoteToStaging(stage: Stage): Promise<void> {
  const { narrator } = stage
  narrator.chapter('After its soak, the version goes on by itself')
  await stage.pass(21 * minute)
  const promotion = await narrator.until('a promotion pull request to staging', () => stage.openedPull('drawbridge/promote/staging/checkout'))
  narrator.happened(`20 minutes healthy in dev: Drawbridge opens #${promotion.number} "${promotion.title}"`, stage.pullPage(promotion.number))
  await narrator.until('it merges by rule', () => stage.isMerged(promotion.number))
  narrator.happened('every gate of staging is open: it is merged by rule')
  await narrator.until('checkout 1.9.0 runs in staging', () => stage.runs('staging', 'checkout', '1.9.0'))
  await narrator.until('staging is known to be healthy', () => stage.release('checkout', 'staging', ({ phase }) => phase === 'healthy'))
  narrator.happened('checkout 1.9.0 is ready in staging')
}

async function promoteToProduction(stage: Stage, change: number): Promise<number> {
  const { narrator } = stage
  narrator.chapter('/promote prod: by rights, in its window, by four eyes, region by region')
  await stage.pass(90 * minute)
  const refused = await stage.commandBy('margaret', change, '/promote prod checkout')
  narrator.happened('margaret comments /promote prod checkout', stage.pullPage(change))
  narrator.quote(await narrator.until('the refusal, with who could', () => stage.answer(change, refused, (body) => body.includes('@shop/release'))))
  const obeyed = await stage.commandBy('radia', change, '/promote prod checkout')
  narrator.happened('radia, of @shop/release, comments the same')
  await narrator.until('the command is obeyed', () => stage.answer(change, obeyed, (body) => body.includes('1.9.0')))
  const promotion = await narrator.until('the promotion pull request', () => stage.openedPull('drawbridge/promote/prod/checkout'))
  narrator.happened(`Drawbridge opens #${promotion.number} "${promotion.title}"`, stage.pullPage(promotion.number))
  const diff = await stage.diffOf(promotion.number)
  if (diff.length !== 2) throw new StoryFailure(`the promotion edits more than the tag: ${diff.join(' ')}`)
  narrator.quote(diff.join('\n'))
  const window = await narrator.until('the window check names the next opening', () =>
    stage.check(promotion.number, 'drawbridge/window', (check) => check.conclusion === 'action_required' && check.title.includes('opens')),
  )
  narrator.quote(`window: ${window.title}`)
  await stage.as('radia').approve(promotion.number)
  await narrator.until('the own approval of the requester does not count', () =>
    stage.comment(promotion.number, (body) => body.includes('radia') && body.includes('four eyes')),
  )
  narrator.happened('radia approves; she asked for it, so it does not count')
  await stage.as('grace').approve(promotion.number)
  await narrator.until('the approvals are complete', () => stage.check(promotion.number, 'drawbridge/approvals', ({ conclusion }) => conclusion === 'success'))
  narrator.happened('grace, of @shop/checkout, approves')
  await stage.passUntil('2026-11-23T08:00:10Z')
  narrator.happened('the weekend passes')
  await narrator.until('the check flips by itself', () => stage.check(promotion.number, 'drawbridge', ({ conclusion }) => conclusion === 'success'))
  narrator.happened('the window opens, the check turns green by itself', `${stage.pullPage(promotion.number)}/checks`)
  await narrator.until('the merge', () => stage.merge('grace', promotion.number))
  await narrator.until('1.9.0 in the first region', () => stage.runs('prod-eu', 'checkout', '1.9.0'))
  if (stage.runs('prod-us', 'checkout', '1.9.0')) throw new StoryFailure('the second region did not wait for the first')
  narrator.happened('merged: prod-eu first')
  await narrator.until('1.9.0 in the second region', () => stage.runs('prod-us', 'checkout', '1.9.0'))
  narrator.happened('prod-eu is healthy: prod-us follows', stage.pullPage(promotion.number))
  return promotion.number
}

async function breachAndRevert(stage: Stage, promotion: number): Promise<void> {
  const { narrator } = stage
  narrator.chapter('The new version burns its SLO and is taken back')
  stage.demo.shop.setErrorRatio('1.9.0', 0.06)
  narrator.happened('checkout 1.9.0 begins to fail: 6 % of its requests')
  await stage.pass(2 * minute)
  const revert = await narrator.until('a revert pull request', () => stage.openedPull('drawbridge/revert/prod/checkout'))
  narrator.happened(`the breach is attributed to the release: Drawbridge opens #${revert.number} "${revert.title}"`, stage.pullPage(revert.number))
  narrator.quote((revert.body ?? '').split('\n').slice(0, 3).join('\n'))
  await narrator.until('it is merged by the emergency rule', () => stage.isMerged(revert.number))
  narrator.happened('it passes by the emergency rule and is merged')
  for (const cluster of ['prod-eu', 'prod-us']) {
    await narrator.until(`1.8.0 runs in ${cluster} again`, () => stage.runs(cluster, 'checkout', '1.8.0'))
  }
  narrator.happened('both regions run 1.8.0 again', stage.pullPage(promotion))
  await narrator.until('the version is pinned', () => stage.isPinned('prod', 'checkout', '1.9.0'))
  await stage.pass(2 * hour)
  const isBack = stage.openedPulls('drawbridge/promote/prod/checkout').some(({ number }) => number > revert.number)
  if (isBack) throw new StoryFailure('automation brought the pinned version back')
  narrator.happened('1.9.0 is pinned in prod: two hours later automation has not brought it back')
}

async function pushStraight(stage: Stage): Promise<number> {
  const { narrator } = stage
  narrator.chapter('Somebody pushes straight to the branch')
  const sha = await stage.push('ken', 'raise payments by hand', {
    'apps/payments/overlays/prod/kustomization.yaml': (text) => text.replace('3.4.7', '3.5.0-rc1'),
  })
  narrator.happened(`ken, an administrator, pushes ${sha.slice(0, 7)} to main: payments 3.5.0-rc1 for production`, stage.commitsPage('main'))
  const check = await narrator.until('the refusal on the commit', () => stage.commitCheck(sha, 'drawbridge/release'))
  narrator.quote(check.title)
  const revert = await narrator.until('a pull request that takes it back', () => stage.openedPull('drawbridge/revert-unapproved/'))
  narrator.happened(`not applied, reported, and #${revert.number} offers to take it back`, stage.pullPage(revert.number))
  await stage.pass(5 * minute)
  for (const cluster of ['prod-eu', 'prod-us']) {
    if (stage.runs(cluster, 'payments', '3.5.0-rc1')) throw new StoryFailure(`the unapproved commit was applied on ${cluster}`)
  }
  narrator.happened('production still runs payments 3.4.7')
  await narrator.until('the offer is reviewed like any other', () => stage.hasChecks(revert.number, 7))
  return revert.number
}
