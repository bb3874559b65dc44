import { parseCodeowners } from '../../features/approvals/codeowners.ts'
import { teamsOf } from '../../features/approvals/needs.ts'
import { isTeam } from '../../features/approvals/reviewers.ts'
import { placeFindings } from '../../features/policy/place-findings.ts'
import { readPolicies } from '../../features/policy/read-policies.ts'
import { applyFindings } from '../../features/sync/apply-findings.ts'
import { tenancyFindings } from '../../features/tenancy/tenancy-findings.ts'
import { type RenderedFacts, type ReviewFacts, ruleTargets } from '../../features/review/review-facts.ts'
import { indexRepository, type RepositoryIndex } from '../../features/rendering/repository-index.ts'
import { sourcesFor } from '../../features/promotion/promotion-sources.ts'
import { isIn } from '../promotion/settle-promotion.ts'
import { parseProposal } from '../../features/promotion/proposal-trailers.ts'
import type { Configuration } from '../../domain/configuration.ts'
import type { Pin } from '../../domain/release.ts'
import type { Permission, Pull, Review } from '../../domain/pull.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { type Actor, fullName, type RepositoryRef, type Sha, targetKey } from '../../domain/refs.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Finding } from '../../domain/finding.ts'
import type { RenderedTarget, RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { isCalendarPath } from '../../features/config/calendars.ts'
import type { GitRepository } from '../../ports/git.ts'
import { readCommentApprovals } from './comment-approvals.ts'
import type { Ports } from '../ports.ts'
import { gatherSignatures } from './gather-signatures.ts'
import { readConfiguration } from '../repository/read-configuration.ts'
import { readSourceSlos } from '../promotion/read-source-slos.ts'
import { readSourceStates } from '../promotion/read-source-states.ts'
import { type ConfigurationScope, configurationPath, readScope } from '../repository/read-organisation.ts'
import { pinsBroughtBack } from '../promotion/read-pinned.ts'
import { historyDepth } from '../repository/releases-on.ts'
import { loadFiles, renderChange } from '../repository/render-revision.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

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

export interface RenderedRequest {
  sides: Sides
  scope: ConfigurationScope
  isTrusted: boolean
  signal?: AbortSignal
}

/** What git alone says about a change, and the teams that its CODEOWNERS names. */
export async function gatherRenderedFacts(
  ports: Pick<Ports, 'renderer' | 'policies'>,
  repository: GitRepository,
  { sides, scope, isTrusted, signal }: RenderedRequest,
): Promise<RenderedFacts & { ownerTeams: string[] }> {
  const [base, head] = await Promise.all([
    loadFiles(repository, sides.base),
    loadFiles(repository, sides.head),
  ])
  const { configuration } = readConfiguration(base, scope)
  const ofHead = readConfiguration(head, scope)
  const { sources, ...change } = await renderChange(
    ports.renderer,
    repository,
    base,
    head,
    configuration,
    ofHead.configuration,
    { isTrusted, signal },
  )
  const owners = readCodeowners(base)
  const policies = await evaluatePolicies(
    ports,
    configuration,
    base,
    change.base.targets,
    change.head.targets,
  )
  const index = indexRepository(head)
  const pathOf = (source: string) => annotationPath(source, index)
  const tenancy = tenancyFindings(change.head.targets, configuration, pathOf)
  const applying = applyFindings(change.head.targets, change.base.targets, pathOf)
  const changed = changedRules(base, head, configuration)
  return {
    configuration,
    ...(scope.kind === 'repository' && { organisation: scope.organisation }),
    configurationProblems: [
      ...ofHead.problems,
      ...(changed.length > 0
        ? await brokenPolicies(ports, head, ofHead.configuration, policies.problems)
        : []),
    ],
    ...change,
    changedRules: changed,
    findings: await placed(repository, sides, [...tenancy, ...applying, ...policies.findings], {
      targets: change.head.targets,
      sources,
    }),
    policyProblems: policies.problems,
    codeowners: owners.codeowners,
    codeownersProblems: changed.some(({ path }) => codeownersPaths.includes(path))
      ? readCodeowners(head).problems
      : owners.problems,
    ownerTeams: owners.teams,
  }
}

/** Policies as this pull request leaves them must compile: after the merge they would close the gate for everybody. */
async function brokenPolicies(
  ports: Pick<Ports, 'policies'>,
  head: RepositoryFiles,
  { policies: settings }: Configuration,
  known: readonly Problem[],
): Promise<Problem[]> {
  const repositoryPolicies = readPolicies(head, settings)
  const { problems } = await ports.policies.evaluate({ settings, repositoryPolicies, targets: [] })
  return problems.filter(({ message }) => !known.some((each) => each.message === message))
}

async function placed(
  repository: GitRepository,
  sides: Sides,
  findings: Finding[],
  rendered: { targets: RenderedTarget[]; sources: RenderSource[] },
): Promise<Finding[]> {
  if (findings.length === 0) return []
  return placeFindings(findings, rendered, await loadFiles(repository, sides.shown ?? sides.head))
}

/** Files that say what is allowed, where they differ between both sides. */
function changedRules(base: RepositoryFiles, head: RepositoryFiles, configuration: Configuration) {
  const isRule = (path: string) =>
    path === configurationPath ||
    isCalendarPath(path) ||
    codeownersPaths.includes(path) ||
    configuration.environments.some(({ signedCommits }) =>
      [signedCommits?.allowedSigners, signedCommits?.openpgpKeys].includes(path),
    ) ||
    configuration.policies.folders.some((folder) => path.startsWith(`${folder}/`))
  const idsOf = (files: RepositoryFiles) =>
    new Map(files.tree.entries.filter(({ path }) => isRule(path)).map(({ path, id }) => [path, id]))
  const [before, after] = [idsOf(base), idsOf(head)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .toSorted()
    .map((path) => ({ path, id: after.get(path) ?? '' }))
}

/** Who owns what by the base's CODEOWNERS, and the teams that it names. */
export function readCodeowners(files: RepositoryFiles) {
  const path = codeownersPaths.find((candidate) => files.text(candidate) !== undefined)
  if (path === undefined) return { codeowners: undefined, problems: [], teams: [] }
  const parsed = parseCodeowners(files.text(path) ?? '', path)
  const owners = new Set(parsed.codeowners.rules.flatMap((rule) => rule.owners))
  return { ...parsed, teams: [...owners].filter(isTeam) }
}

/** A proposal is believed only from a commit that carries our own signature. */
export async function readProposal(ports: Ports, pull: Pull): Promise<Proposal | undefined> {
  const repository = await ports.repository(pull.ref.repository)
  const { payload, signature } = await repository.signedPayload(pull.headSha)
  if (signature === undefined || !ports.self.verify(payload, signature)) return undefined
  const commit = await repository.commit(pull.headSha)
  return parseProposal(commit.message)
}

async function evaluatePolicies(
  ports: Pick<Ports, 'policies'>,
  configuration: Configuration,
  base: RepositoryFiles,
  before: RenderedTarget[],
  after: RenderedTarget[],
) {
  const old = new Map(before.map((target) => [targetKey(target.target), target]))
  const index = indexRepository(base)
  return ports.policies.evaluate({
    settings: configuration.policies,
    repositoryPolicies: readPolicies(base, configuration.policies),
    targets: after.map(({ target, source, objects }) => {
      const byKey = new Map(
        old.get(targetKey(target))?.objects.map((object) => [objectKey(objectId(object)), object]) ?? [],
      )
      return {
        target,
        path: annotationPath(source, index),
        objects: objects.map((object) => ({ before: byKey.get(objectKey(objectId(object))), after: object })),
      }
    }),
  })
}

/** The file that stands for a source when nothing better is known. */
function annotationPath(source: string, index: RepositoryIndex): string {
  return (
    index.kustomization(source)?.path ?? index.chart(source)?.path ?? index.under(source)[0]?.path ?? source
  )
}

async function gatherPeople(ports: Ports, pull: Pull, configuration: Configuration, ownerTeams: string[]) {
  const { github, store } = ports
  const [written, recorded, contributors] = await Promise.all([
    github.reviews(pull.ref),
    store.reviews.list(pull.ref),
    github.commitActors(pull.ref),
  ])
  const reviews = [...written, ...(await readCommentApprovals(ports, pull.ref, recorded))]
  const ruleTeams = configuration.environments.flatMap(({ approvals }) => teamsOf(approvals))
  const [teams, permissions] = await Promise.all([
    readTeams(ports, [...ownerTeams, ...ruleTeams]),
    readPermissions(ports, pull.ref.repository, reviews),
  ])
  return {
    reviews,
    recorded,
    contributors: [pull.author, ...contributors].filter((actor) => actor.id !== ports.self.actor.id),
    self: ports.self.actor,
    teams,
    permissions,
  }
}

/** `@shop/payments` → its people. A team that GitHub does not know is absent, and its gate stays closed. */
export async function readTeams(
  ports: Pick<Ports, 'github'>,
  names: readonly string[],
): Promise<Map<string, Actor[]>> {
  const teams = new Map<string, Actor[]>()
  await Promise.all(
    [...new Set(names)].map(async (name) => {
      const [organisation = '', slug = ''] = name.slice(1).split('/', 2)
      const members = await ports.github.teamMembers(organisation, slug)
      if (members) teams.set(name, members)
    }),
  )
  return teams
}

async function readPermissions(ports: Ports, repository: RepositoryRef, reviews: readonly Review[]) {
  const authors = new Map(reviews.map(({ author }) => [author.id, author]))
  const entries = await Promise.all(
    [...authors.values()].map(async (actor): Promise<[string, Permission]> => [
      actor.id,
      await ports.github.permission(repository, actor),
    ]),
  )
  return new Map(entries)
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
): Promise<Pick<ReviewFacts, 'sourceReleases' | 'sourceStates' | 'sourceSlos' | 'promotionSources'>> {
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
  return {
    sourceReleases,
    promotionSources,
    ...(proposal.carries && { sourceStates }),
    ...(sourceSlos.length > 0 && { sourceSlos }),
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
