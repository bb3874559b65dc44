import { parseCodeowners } from '../../features/approvals/codeowners.ts'
import { isTeam } from '../../features/approvals/reviewers.ts'
import { placeFindings } from '../../features/policy/place-findings.ts'
import { readPolicies } from '../../features/policy/read-policies.ts'
import { applyFindings } from '../../features/sync/apply-findings.ts'
import { tenancyFindings } from '../../features/tenancy/tenancy-findings.ts'
import type { RenderedFacts } from '../../features/review/review-facts.ts'
import { indexRepository, type RepositoryIndex } from '../../features/rendering/repository-index.ts'
import type { Configuration } from '../../domain/configuration.ts'
import { targetKey } from '../../domain/refs.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Finding } from '../../domain/finding.ts'
import type { RenderedTarget, RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { isCalendarPath } from '../../features/config/calendars.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { Ports } from '../ports.ts'
import { readConfiguration } from '../repository/read-configuration.ts'
import { type ConfigurationScope, configurationPath } from '../repository/read-organisation.ts'
import { readSignerProblems } from '../repository/read-signer-problems.ts'
import { loadFiles, renderChange } from '../repository/render-revision.ts'
import type { HeldObject } from '../../domain/held-object.ts'
import { fileNamesOf, heldByOthers } from '../../features/sync/claimed-objects.ts'
import type { Sides } from './gather-review-facts.ts'

const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

export interface RenderedRequest {
  sides: Sides
  scope: ConfigurationScope
  isTrusted: boolean
  /** Which targets have objects of these file names already. Where it is left out nobody has any. */
  held?: (configuration: Configuration, files: ReadonlySet<string>) => Promise<HeldObject[]>
  signal?: AbortSignal
}

/** What git alone says about a change, and the teams that its CODEOWNERS names. */
export async function gatherRenderedFacts(
  ports: Pick<Ports, 'renderer' | 'policies'>,
  repository: GitRepository,
  { sides, scope, isTrusted, held: askHeld, signal }: RenderedRequest,
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
  const { targets } = change.head
  const asked = (await askHeld?.(configuration, fileNamesOf(targets))) ?? []
  const held = heldByOthers({ before: change.base.targets, after: targets }, asked)
  const applying = applyFindings(change.head.targets, change.base.targets, pathOf, held)
  const changed = changedRules(base, head, configuration)
  return {
    configuration,
    ...(scope.kind === 'repository' && { organisation: scope.organisation }),
    configurationProblems: [
      ...ofHead.problems,
      ...(changed.length > 0
        ? [
            ...(await brokenPolicies(ports, head, ofHead.configuration, policies.problems)),
            ...(await brokenSigners(repository, { base, head }, configuration, ofHead.configuration)),
          ]
        : []),
    ],
    ...change,
    changedRules: changed,
    findings: await placed(repository, sides, [...tenancy, ...applying, ...policies.findings], {
      targets: change.head.targets,
      sources,
    }),
    policyProblems: policies.problems,
    ...(held.length > 0 && { held }),
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

/** Lines of allowed signers that this pull request leaves unread, and the base does not. */
async function brokenSigners(
  repository: GitRepository,
  { base, head }: { base: RepositoryFiles; head: RepositoryFiles },
  before: Configuration,
  after: Configuration,
): Promise<Problem[]> {
  const known = await readSignerProblems(repository, base, before)
  const found = await readSignerProblems(repository, head, after)
  return found.filter(
    ({ path, message }) => !known.some((each) => each.path === path && each.message === message),
  )
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
