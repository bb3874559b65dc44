import { type RenderedFacts, type ReviewFacts, ruleTargets } from '../../features/review/review-facts.ts'
import { sourcesFor } from '../../features/promotion/promotion-sources.ts'
import { isIn } from '../promotion/settle-promotion.ts'
import type { Configuration } from '../../domain/configuration.ts'
import type { Pin } from '../../domain/release.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { fullName, type RepositoryRef, type Sha, targetKey } from '../../domain/refs.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { Ports } from '../ports.ts'
import { gatherHeld } from './gather-held.ts'
import { gatherSignatures } from './gather-signatures.ts'
import { readSourceChecks } from '../promotion/read-source-checks.ts'
import { readSourceSlos } from '../promotion/read-source-slos.ts'
import { readSourceStates } from '../promotion/read-source-states.ts'
import { readProposal } from '../repository/read-proposal.ts'
import { readScope } from '../repository/read-organisation.ts'
import { pinsBroughtBack } from '../promotion/read-pinned.ts'
import { historyDepth } from '../repository/releases-on.ts'
import { loadFiles } from '../repository/render-revision.ts'
import { trustedHistory } from '../repository/trusted-history.ts'
import { gatherRenderedFacts } from './gather-rendered-facts.ts'
import { gatherPeople } from './gather-people.ts'

/** The two trees that a review compares. Before the merge: base tip and the head merged into it; after: the merge commit and its parent. */
export interface Sides {
  base: Sha
  head: Sha
  /** Where findings are shown, where that is not the head: a pull request's own commit, whose lines may be other ones. */
  shown?: Sha
}

/** Reads everything that the verdicts about a pull request are decided from. */
export async function gatherReviewFacts(
  ports: Ports,
  pull: Pull,
  sides: Sides,
  signal?: AbortSignal,
): Promise<ReviewFacts> {
  const repository = await ports.repository(pull.ref.repository)
  const scope = await readScope(ports, pull.ref.repository, { fetch: true })
  const { ownerTeams, ...rendered } = await gatherRenderedFacts(ports, repository, {
    sides,
    scope,
    isTrusted: !pull.isFork,
    held: (configuration, files) => gatherHeld(ports, pull.ref.repository, configuration, files),
    signal,
  })
  const { codeowners, ...fromGit } = rendered
  const proposal = await readProposal(ports, pull)
  const rules = {
    configuration: rendered.configuration,
    files: await loadFiles(repository, sides.base),
  }
  const [people, restored, controls, promotion, signatures] = await Promise.all([
    gatherPeople(ports, pull, rendered.configuration, ownerTeams),
    gatherRestored(ports, pull.ref.repository, proposal),
    gatherControls(ports, pull.ref.repository, rendered.configuration),
    gatherPromotion(ports, pull.ref.repository, proposal, rules),
    gatherSignatures(ports, repository, pull, sides, rules),
  ])
  const broughtBack = await pinsBroughtBack(
    repository,
    rendered.configuration,
    sides,
    controls.pins.filter((pin) => isTouched(rendered, pin)),
  )
  return {
    ...fromGit,
    pull,
    approvals: { ...people, codeowners, ...(restored && { restored }) },
    proposal,
    ...controls,
    ...(broughtBack.length > 0 && { broughtBack }),
    ...promotion,
    ...(signatures && { signatures }),
  }
}

function isTouched({ affected }: RenderedFacts, { application, environment }: Pin): boolean {
  return affected.some((each) => each.application === application && each.environment === environment)
}

/** What people have put in the way of automation, or out of it, by the ledgers that can be trusted. */
export async function gatherControls(ports: Ports, repository: RepositoryRef, configuration: Configuration) {
  const states = await Promise.all(
    configuration.environments.map(({ name }) => ports.ledger.read(repository, name)),
  )
  const controls = states.flatMap((state) => (state?.trust === 'trusted' ? [state.controls] : []))
  return {
    freezes: controls.flatMap(({ freezes }) => freezes),
    locks: controls.flatMap(({ locks }) => locks),
    overrides: controls.flatMap(({ overrides }) => overrides),
    consents: controls.flatMap(({ consents }) => consents),
    hotfixes: controls.flatMap(({ hotfixes }) => hotfixes),
    holds: controls.flatMap(({ holds }) => holds),
    pins: controls.flatMap(({ pins }) => pins),
  }
}

/** What the release that a revert by rule goes back to rendered to, by target. */
async function gatherRestored(
  ports: Ports,
  repository: RepositoryRef,
  proposal: Proposal | undefined,
): Promise<Record<string, Sha> | undefined> {
  if (proposal?.kind !== 'revert' || proposal.merge !== 'rule') return undefined
  const states = await trustedHistory(ports, repository, proposal.environment, historyDepth)
  const good = states
    .flatMap(({ attestations }) => attestations)
    .filter(
      ({ target, revision }) =>
        revision === proposal.good && proposal.applications.includes(target.application),
    )
  return Object.fromEntries(good.map(({ target, digest }) => [targetKey(target), digest]))
}

/** Where the applications of a promotion may come from, and what runs there. */
async function gatherPromotion(
  ports: Ports,
  repository: RepositoryRef,
  proposal: Proposal | undefined,
  { configuration, files }: { configuration: Configuration; files: RepositoryFiles },
): Promise<
  Pick<ReviewFacts, 'sourceReleases' | 'sourceStates' | 'sourceSlos' | 'sourceChecks' | 'promotionSources'>
> {
  if (proposal?.kind !== 'promotion') return { sourceReleases: [] }
  const promotionSources = Object.fromEntries(
    proposal.applications.flatMap((application) => {
      const runs = isIn(files, configuration, application)
      const sources = sourcesFor(configuration.environments, proposal.to, runs)
      return sources ? [[application, sources]] : []
    }),
  )
  const all = await ports.store.releases.list(repository)
  const sourceReleases = all
    .map(({ release }) => release)
    .filter(({ target }) => promotionSources[target.application]?.environments.includes(target.environment))
  const states = await Promise.all(
    (proposal.carries ?? []).map(({ application, environment }) =>
      readSourceStates(ports, repository, environment, application),
    ),
  )
  const sourceStates = states.flat().map(({ is }) => is)
  const slos = await Promise.all(
    proposal.applications.map((application) =>
      readSourceSlos(ports, configuration, { application, from: proposal.from, to: proposal.to }),
    ),
  )
  const sourceSlos = slos.flat()
  const rule = configuration.environments.find(({ name }) => name === proposal.to)?.promotion
  const carried = (proposal.carries ?? []).map(({ revision }) => revision)
  const sourceChecks = await readSourceChecks(ports, repository, rule, carried)
  return {
    sourceReleases,
    promotionSources,
    ...(proposal.carries && { sourceStates }),
    ...(sourceSlos.length > 0 && { sourceSlos }),
    ...(sourceChecks.length > 0 && { sourceChecks }),
  }
}

/** What an approval of the present state is bound to, by target. A target that goes is approved as the base has it. */
export function approvedDigests(
  facts: Pick<RenderedFacts, 'base' | 'head' | 'changedRules' | 'configuration'>,
): Record<string, Sha> {
  return Object.fromEntries(
    [...facts.base.targets, ...facts.head.targets, ...ruleTargets(facts)].map(({ target, digest }) => [
      targetKey(target),
      digest,
    ]),
  )
}

/** The address of a pull request's page on the dashboard. */
export function dashboardPage(ports: Ports, { ref }: Pick<Pull, 'ref'>): string {
  return `${ports.self.url}/pulls/${fullName(ref.repository)}/${ref.number}`
}
