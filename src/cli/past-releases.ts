import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Configuration } from '../domain/configuration.ts'
import type { Instant } from '../domain/refs.ts'
import type { Slo } from '../domain/slo.ts'
import { parseReleaseList } from '../features/slo/parse-release-list.ts'
import { versionChanges } from '../features/slo/version-changes.ts'
import type { RecordedMeter } from '../journeys/slo/create-recorded-meter.ts'
import { cloneRepository } from '../journeys/repository/clone-repository.ts'
import { createPastLedger, type PastLedger, type PastState } from '../journeys/rollback/past-ledger.ts'
import { type KnownVersion, pastOfVersions } from '../journeys/rollback/past-of-versions.ts'
import type { GitRepository } from '../ports/git.ts'
import { clonedLedger } from './cloned-ledger.ts'
import { formatProblem } from './format-problem.ts'
import { lookForRenderedRefs } from './rendered-refs.ts'
import { type CommandContext, type Given, UsageError } from './subcommand.ts'

/** Where the history of releases comes from. */
export interface PastReleases {
  source: string
  past: PastLedger
}

/** Commits of a rendered ref that are looked through, and how many from before the span: the last good release is among them. */
const [mostCommits, commitsBefore] = [5_000, 50]

/** What was released: as a file says, else as the rendered refs of the clone do, else as the version labels tell. */
export async function readPastReleases(
  given: Given,
  context: CommandContext,
  request: {
    git: GitRepository
    configuration: Configuration
    slos: readonly Slo[]
    meter: RecordedMeter
    from: Instant
    to: Instant
  },
): Promise<PastReleases> {
  const list = given.string('releases')
  if (list !== undefined) return { source: list, past: ofVersions(await readList(list, context)) }
  const names = request.configuration.environments.map(({ name }) => name)
  const refs = await lookForRenderedRefs(names, request.git)
  if (refs.length > 0) return { source: 'the rendered refs', past: await ofRefs(request, refs) }
  return { source: 'the version labels', past: ofVersions(await countedVersions(request)) }
}

function ofVersions(versions: readonly KnownVersion[]): PastLedger {
  return createPastLedger(pastOfVersions(versions), async () => [])
}

async function readList(list: string, context: CommandContext): Promise<KnownVersion[]> {
  const text = await readFile(resolve(context.cwd, list), 'utf8').catch(() => undefined)
  if (text === undefined) throw new UsageError(`--releases ${list}: there is no such file`)
  const { releases, problems } = parseReleaseList(text, list)
  if (problems.length > 0) throw new UsageError(problems.map(formatProblem).join('\n'))
  return releases.map((release) => ({ ...release, kind: 'change' }))
}

async function ofRefs(
  { git, from }: { git: GitRepository; from: Instant },
  refs: Awaited<ReturnType<typeof lookForRenderedRefs>>,
): Promise<PastLedger> {
  const ledger = clonedLedger(git, refs)
  const histories = new Map<string, PastState[]>()
  for (const { environment, tip } of refs) {
    const log = (await git.firstParentLog(undefined, tip, mostCommits)).toReversed()
    const wanted = log.filter(({ committer }) => committer.at >= from).length + commitsBefore
    const times = new Map(log.map(({ sha, committer }) => [sha, committer.at]))
    const states = await ledger.history(cloneRepository, environment, wanted)
    histories.set(
      environment,
      states.map((state) => ({ at: times.get(state.commit) ?? 0, state })),
    )
  }
  return createPastLedger(histories, ledger.objects)
}

/** Of each application the first SLO that has a label. */
async function countedVersions({
  slos,
  meter,
  from,
  to,
}: {
  slos: readonly Slo[]
  meter: RecordedMeter
  from: Instant
  to: Instant
}): Promise<KnownVersion[]> {
  const labelled = slos.filter(({ versionLabel }) => versionLabel !== undefined)
  const first = new Map(labelled.toReversed().map((slo) => [`${slo.environment} ${slo.application}`, slo]))
  const known: KnownVersion[] = []
  for (const slo of first.values()) {
    const steps = (await meter.steps(slo, from, to)) ?? []
    const { application, environment } = slo
    known.push(...versionChanges(steps).map((change) => ({ ...change, application, environment })))
  }
  return known
}
