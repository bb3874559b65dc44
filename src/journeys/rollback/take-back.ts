import type { Action } from '../../domain/action.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Attestation } from '../../domain/release.ts'
import type { RevertCause } from '../../domain/proposal.ts'
import { newestAttestation } from '../../features/attestation/newest-attestation.ts'
import { pinOf, stopRelease } from '../../features/rollback/pin-release.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import { keepPlot } from '../perform/keep-plot.ts'
import { createHealthMemory } from './health-memory.ts'
import { lastGood } from './last-good.ts'
import { perform } from '../perform/perform.ts'
import type { Ports } from '../ports.ts'
import { revertBranch } from '../perform/revert-branch.ts'
import { openReverts } from './open-reverts.ts'
import { proposeRevert, type RevertRequest } from './propose-revert.ts'
import { isStillTip } from '../repository/read-configuration.ts'
import { sayOnce } from '../perform/say-once.ts'

export interface ReleaseToTakeBack extends Omit<RevertRequest, 'requestedBy'> {
  cause: Exclude<RevertCause, 'command' | 'unapproved-commit'>
  state: LedgerState
  /** For the pin and the stopped roll-out: `burned the SLO checkout`. */
  reason: string
  /** Draws the breach, for the body. */
  plot?: () => string
}

export interface TakenBack {
  actions: number
  /** Why there is no pull request: a person has to mend it. */
  impossible?: string
}

/**
 * What a rule does about a bad release, the quickest first: no further wave of it opens and its version is pinned, then the
 * revert is opened and the pull request that it came by is told. Once for each release: a revert that somebody closed stays so.
 */
export async function takeBack(ports: Ports, judged: ReleaseToTakeBack): Promise<TakenBack> {
  const state = await stateNow(ports, judged)
  if (!state) return { actions: 0 }
  const request = { ...judged, state }
  const { repository, tip, bad } = request
  const actions = await stop(ports, request)
  if (await ports.github.pullFrom(repository, revertBranch(bad)))
    return { actions: actions + (await tell(ports, request)) }
  if (!(await isStillTip(tip))) return { actions }
  const earlier = await openReverts(ports, request)
  const replaces = earlier.map(({ ref }) => ref.number)
  const plot = request.plot && (await keepPlot(ports, { repository, bad, svg: request.plot() }))
  const evidence = { ...request.evidence, replaces, plot: plot?.url }
  const proposed = await proposeRevert(ports, { ...request, evidence, top: newestOf(request) })
  if (proposed.kind === 'impossible') return { actions, impossible: proposed.reason }
  const shown = plot ? await show(ports, plot.action) : 0
  const closings = earlier.map((pull) => closing(ports, pull, bad))
  const opened = await perform(ports, [...closings, proposed.action])
  return { actions: actions + shown + opened + (await tell(ports, request)) }
}

/**
 * Judging takes seconds, in which a wave may have been opened: that is no reason to wait for the next look. Undefined: something
 * else of the application was released meanwhile, and has to be judged first.
 */
async function stateNow(
  ports: Ports,
  { repository, state, bad }: ReleaseToTakeBack,
): Promise<LedgerState | undefined> {
  const now = await ports.ledger.read(repository, state.environment)
  const revisions = ({ attestations }: LedgerState) =>
    new Set(
      attestations
        .filter(({ target }) => target.application === bad.target.application)
        .map(({ revision }) => revision),
    )
  const isKnown = now?.trust === 'trusted' && revisions(now).isSubsetOf(revisions(state))
  return isKnown ? now : undefined
}

/** The newest takes the place of the others: what it takes back carries what they would. */
function closing(ports: Ports, pull: Pull, { target: { application, environment } }: Attestation): Action {
  const comment = ports.words.write('notice/revert-replaced', { application, environment })
  return { kind: 'close-pull', pull: pull.ref, comment }
}

/** What came after a bad release of the same application carries it: all of that goes back together. */
function newestOf({ state, bad }: Pick<ReleaseToTakeBack, 'state' | 'bad'>): Attestation {
  const newest = newestAttestation(state.attestations, bad.target.application)
  return newest && newest.revision !== bad.revision && newest.at > bad.at ? newest : bad
}

async function stop(
  ports: Ports,
  { repository, state, bad, reason, questions = [] }: ReleaseToTakeBack,
): Promise<number> {
  const good = await lastGood({ ...ports, ...createHealthMemory(ports.store) }, repository, bad)
  const why = { reason, by: 'drawbridge', at: ports.clock.now() }
  const releases = new Set([bad, newestOf({ state, bad })])
  const pins = [...releases].map((release) => pinOf(state, release, good?.attestation, why))
  const change = stopRelease(state, pins)
  if (!change) return 0
  const { application, environment } = bad.target
  const what = questions.length > 0 ? 'stop' : 'take back'
  return perform(ports, [
    {
      kind: 'commit-ledger',
      repository,
      environment,
      expected: state.commit,
      change: { releases: [], removed: [], ...change },
      message: `${what} ${application} in ${environment}: ${reason}`,
    },
  ])
}

/** A picture that cannot be kept, as where rules guard every branch, keeps nobody from the revert. */
async function show(ports: Ports, plot: Action): Promise<number> {
  try {
    return await perform(ports, [plot])
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    ports.log.warn({ reason: error.message }, 'the picture of a breach was not kept')
    return 0
  }
}

/** On the pull request that brought the release, once. */
async function tell(ports: Ports, { repository, bad, evidence, reason }: ReleaseToTakeBack): Promise<number> {
  const revert = await ports.github.pullFrom(repository, revertBranch(bad))
  if (!bad.pull || !revert) return 0
  const { application, environment } = bad.target
  const pull = { repository, number: bad.pull.number }
  return sayOnce(ports, pull, `taken-back-${environment}-${bad.revision.slice(0, 12)}`, 'notice/taken-back', {
    application,
    environment,
    reason,
    verdict: evidence.verdict,
    isDraft: revert.isDraft,
    link: { text: revert.title, url: revert.url },
  })
}
