import type { PromotionRule } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { SourceSlo } from '../../domain/slo.ts'
import { newestAttestation } from '../../features/attestation/newest-attestation.ts'
import { askSourceSlos } from '../../features/promotion/ask-source-slos.ts'
import { evaluateSource, type SourceVerdict } from '../../features/promotion/evaluate-source.ts'
import { evaluateSourceChecks } from '../../features/promotion/evaluate-source-checks.ts'
import { planPromotion, type PromotionPlan } from '../../features/promotion/plan-promotion.ts'
import type { PromotionToPlan } from '../../features/promotion/promotion-to-plan.ts'
import type { Candidate } from '../../features/promotion/settle-sources.ts'
import { sourceStates } from '../../features/promotion/source-states.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import { promotedIn } from './read-own-files.ts'
import { readSourceChecks } from './read-source-checks.ts'
import { readSource } from './read-promotion-sides.ts'
import { readSourceStates } from './read-source-states.ts'
import { historyDepth } from '../repository/releases-on.ts'
import type { PromotionPorts, PromotionRequest } from './settle-promotion.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** What of an environment could be carried to the target. */
export interface Planned {
  candidate: Candidate
  plan: PromotionPlan
  source: Attestation
  /** Something newer runs there. */
  isOlder: boolean
  /** When there may be something newer. */
  next?: Instant
}

interface Found {
  state: LedgerState
  source: Attestation
  isOlder?: boolean
}

interface Standing {
  verdict: Pick<SourceVerdict, 'outcome' | 'reason' | 'until' | 'next'>
  /** Newest first: what may go on, and what is newer than all of that. */
  through: Found[]
  ahead: Found[]
}

export interface SourceWanted {
  target: PromotionToPlan['target']
  rule: PromotionRule
  /** How the application's SLOs stand where it may come from. */
  slos: readonly SourceSlo[]
  /** All that is through and newer than what the target has, and not only the newest: of others the same is needed, or each has its turn. */
  isAll: boolean
}

/** What one of the environments before has for the target: what is through there, newest first. Never what is older than what the target has. */
export async function planFromSource(
  ports: PromotionPorts,
  request: PromotionRequest,
  environment: string,
  wanted: SourceWanted,
): Promise<Planned[]> {
  const standing = request.isAsked
    ? await whatIsAsked(ports, request, environment)
    : await whatStands(ports, request, environment, wanted)
  const { through, ahead } = standing
  const plan = (found: Found) => planOf(ports, request, found, { ...standing, ...wanted })
  if (through.length === 0 && ahead[0]) return [await plan(ahead[0])]
  const planned: Planned[] = []
  for (const found of through) {
    const next = await plan(found)
    const closed = await closedByChecks(ports, request, wanted.rule, next)
    planned.push(closed ?? next)
    const isLast = closed ? isProposed(request, next) : !wanted.isAll || next.plan.kind === 'nothing'
    if (isLast) break
  }
  if (planned[0]?.plan.kind !== 'promote') return planned
  for (const found of ahead) {
    const newer = await plan(found)
    if (newer.plan.kind === 'nothing') return [newer]
  }
  if (wanted.rule.batch !== 'every') return planned
  // Which of them came after what the target has, nobody knows where it has none of them.
  if (planned.at(-1)?.plan.kind === 'nothing') return sinceTurn(planned, request.turn)
  const first = planned.findIndex(({ candidate }) => candidate.verdict.outcome === 'pass')
  return first < 0 ? planned : planned.slice(0, first + 1)
}

/** What would be carried, as long as the checks on its commit are not green. What is asked for waits for them at its gate. */
async function closedByChecks(
  ports: PromotionPorts,
  { repository, isAsked }: PromotionRequest,
  rule: PromotionRule,
  planned: Planned,
): Promise<Planned | undefined> {
  if (isAsked || !rule.checks || planned.plan.kind !== 'promote') return undefined
  const { revision } = planned.source
  const checks = await readSourceChecks(ports, repository, rule, [revision])
  const verdict = evaluateSourceChecks(rule.checks, revision, checks)
  return verdict.outcome === 'pass' ? undefined : { ...planned, candidate: { ...planned.candidate, verdict } }
}

/** Whether it is open already: then nothing older takes its place while it waits. */
function isProposed({ proposed = [] }: PromotionRequest, { source }: Planned): boolean {
  return proposed.some(
    ({ environment, revision }) => environment === source.target.environment && revision === source.revision,
  )
}

/** Those whose turn it is, or is still to come. */
function sinceTurn(planned: Planned[], turn: PromotionRequest['turn']): Planned[] {
  const last = planned.findIndex(({ source }) =>
    turn?.carries.some(
      ({ environment, revision }) =>
        environment === source.target.environment && revision === source.revision,
    ),
  )
  return turn === undefined || last < 0 ? planned : planned.slice(0, turn.isOver ? last : last + 1)
}

/** What runs there, or what ran there at the commit that was asked for; its gates ask how that is. */
async function whatIsAsked(
  { ledger }: PromotionPorts,
  { repository, application, revision }: PromotionRequest,
  environment: string,
): Promise<Standing> {
  const present = await ledger.read(repository, environment)
  const past =
    revision === undefined
      ? []
      : await trustedHistory({ ledger }, repository, environment, historyDepth, application)
  const newest = present && newestAttestation(present.attestations, application)
  const through = [present, ...past].flatMap((state): Found[] => {
    if (state?.trust !== 'trusted') return []
    const at = state.attestations.filter((each) => each.revision.startsWith(revision ?? ''))
    const source = newestAttestation(at, application)
    return source ? [{ state, source, isOlder: source.digest !== newest?.digest }] : []
  })
  return { verdict: { outcome: 'pass', reason: 'asked for' }, through: through.slice(0, 1), ahead: [] }
}

async function whatStands(
  ports: PromotionPorts,
  { repository, application, releases }: PromotionRequest,
  environment: string,
  { rule: { soakSeconds, batch, slos: demand, checks }, isAll, slos }: SourceWanted,
): Promise<Standing> {
  const running = releases.filter(
    ({ target }) => target.environment === environment && target.application === application,
  )
  const judge = (states: ReturnType<typeof sourceStates<LedgerState>>): Standing => {
    const facts = { releases: running, states: states.map(({ is }) => is) }
    const soaked = evaluateSource(environment, soakSeconds, facts, ports.clock.now())
    const own = slos.filter((slo) => slo.environment === environment)
    const verdict = askSourceSlos(soaked, environment, demand, own)
    const found = states.flatMap(({ state, is }) => {
      const source = newestAttestation(state.attestations, application)
      return source ? [{ state, source, isThrough: verdict.through.includes(is) }] : []
    })
    const first = found.findIndex(({ isThrough }) => isThrough)
    const ahead = first < 0 ? found : found.slice(0, first)
    return { verdict, through: found.filter(({ isThrough }) => isThrough), ahead }
  }
  const present = await ports.ledger.read(repository, environment)
  const now = judge(present?.trust === 'trusted' ? sourceStates([present], application) : [])
  const hasPast = batch !== 'quiet' && running.some(({ past }) => past !== undefined)
  const isEnough = now.verdict.outcome !== 'wait' && !isAll && checks === undefined
  if (!hasPast || isEnough) return now
  if (batch === 'every') return judge(await readSourceStates(ports, repository, environment, application))
  const near = judge(await readSourceStates(ports, repository, environment, application, nearDepth))
  if (near.through.length > 0) return near
  return judge(await readSourceStates(ports, repository, environment, application))
}

/** Of most applications so few releases tell what goes on. */
const nearDepth = 15

async function planOf(
  ports: PromotionPorts,
  request: PromotionRequest,
  { state, source, isOlder = false }: Found,
  { target, verdict }: Pick<SourceWanted, 'target'> & Pick<Standing, 'verdict'>,
): Promise<Planned> {
  const { tip, application, isAsked } = request
  const plan = planPromotion({
    application,
    promoted: promotedIn(tip.configuration, target.folder),
    source: await readSource(ports, request, state, source),
    target,
    isAutomatic: !isAsked,
  })
  const refusal = refusalOf(plan)
  return {
    plan,
    source,
    isOlder,
    candidate: {
      environment: state.environment,
      verdict: refusal === undefined ? verdict : { outcome: 'block', reason: refusal },
      carries: plan.kind === 'promote' ? JSON.stringify(plan.files) : undefined,
      at: source.at,
    },
    next: verdict.until ?? verdict.next,
  }
}

/** What is in the way of a promotion itself, besides all gates. */
export function refusalOf(plan: PromotionPlan): string | undefined {
  if (plan.kind === 'pinned') return plan.reason
  return plan.kind === 'impossible' ? `${plan.problem.message}; ${plan.problem.fix}` : undefined
}
