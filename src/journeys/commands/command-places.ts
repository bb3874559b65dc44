import type { Command } from '../../features/commands/command.ts'
import type { Pull } from '../../domain/pull.ts'
import { matchesGlob } from '../../features/config/glob.ts'
import { discover } from '../../features/discovery/discover.ts'
import type { Ports } from '../ports.ts'
import type { Tip } from '../repository/read-configuration.ts'
import { loadFiles, renderChange } from '../repository/render-revision.ts'

/** Where a command reaches: an application in an environment; '*' is every application. */
export interface CommandPlace {
  environment: string
  application: string
}

/** The places that a command names, or, where it names none, those that the pull request changes. */
export async function commandPlaces(
  ports: Ports,
  request: { pull: Pull; tip: Tip; command: Command },
): Promise<CommandPlace[]> {
  const { command } = request
  switch (command.verb) {
    case 'promote': {
      const names =
        command.applications.length > 0 ? command.applications : await changedApplications(ports, request)
      return promotedPlaces(request.tip, command.environment, names)
    }
    case 'freeze':
    case 'unfreeze': {
      const all = request.tip.configuration.environments.map(({ name }) => name)
      const names = command.environment === '*' ? all : [command.environment]
      return names.map((environment) => ({ environment, application: command.application ?? '*' }))
    }
    case 'lock':
    case 'unlock':
    case 'pause':
    case 'unpause':
      return [{ environment: command.environment, application: command.application ?? '*' }]
    case 'resume':
      return [{ environment: command.environment, application: '*' }]
    case 'pin':
    case 'unpin':
    case 'hold':
    case 'unhold':
      return [{ environment: command.environment, application: command.application }]
    case 'status':
    case 'override':
    case 'hotfix':
      return changedPlaces(ports, request)
    case 'approve': {
      const { environments } = command
      const all = await changedPlaces(ports, request)
      return all.filter(({ environment }) => environments.length === 0 || environments.includes(environment))
    }
    case 'revert':
    case 'ack-delete':
    case 'sync': {
      const environment = command.verb === 'sync' ? undefined : command.environment
      const all = await changedPlaces(ports, request)
      return all.filter(
        (place) =>
          (command.application === undefined || place.application === command.application) &&
          (environment === undefined || place.environment === environment),
      )
    }
    default:
      return []
  }
}

/** Patterns stand for every environment that something is promoted to, and for every application that is there. */
async function promotedPlaces(tip: Tip, pattern: string, names: readonly string[]): Promise<CommandPlace[]> {
  const { environments } = tip.configuration
  const found = pattern.includes('*')
    ? environments
        .filter(({ name, promotion }) => promotion && matchesGlob(pattern, name))
        .map(({ name }) => name)
    : [pattern]
  const hasPatterns = names.some((name) => name.includes('*'))
  const sources = hasPatterns ? discover(await loadFiles(tip.git, tip.sha), tip.configuration).sources : []
  return found.flatMap((environment) => {
    const there = sources.filter((source) => source.environment === environment)
    const known = [...new Set(there.map(({ application }) => application))].toSorted()
    const applications = names.flatMap((name) =>
      name.includes('*') ? known.filter((each) => matchesGlob(name, each)) : [name],
    )
    return [...new Set(applications)].map((application) => ({ environment, application }))
  })
}

async function changedApplications(ports: Ports, request: { pull: Pull; tip: Tip }): Promise<string[]> {
  return [...new Set((await changedPlaces(ports, request)).map(({ application }) => application))]
}

/** What the pull request renders differently: before the merge against its base, afterwards against the commit before it. */
async function changedPlaces(ports: Ports, { pull, tip }: { pull: Pull; tip: Tip }): Promise<CommandPlace[]> {
  const { git } = tip
  const head = pull.mergeSha ?? pull.headSha
  const base = pull.mergeSha
    ? (await git.commit(pull.mergeSha)).parents[0]
    : await git.mergeBase(pull.baseSha, head)
  if (!base) return []
  const [before, after] = await Promise.all([loadFiles(git, base), loadFiles(git, head)])
  const change = await renderChange(
    ports.renderer,
    git,
    before,
    after,
    tip.configuration,
    tip.configuration,
    {
      isTrusted: !pull.isFork,
    },
  )
  const places = change.affected.map(({ application, environment }) => ({ application, environment }))
  return [...new Map(places.map((place) => [`${place.environment}/${place.application}`, place])).values()]
}
