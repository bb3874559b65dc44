import { gunzipSync } from 'node:zlib'
import { answerLsRefs, packet } from './answer-ls-refs.ts'
import { ApiError } from './api-error.ts'
import { authenticate, doerOf, isGranted, type Viewer } from './auth.ts'
import type { Exchange } from './exchange.ts'
import type { Doer, Hub } from './hub.ts'
import { hasPermission } from './permissions.ts'
import { mayDelete, mayForcePush, pushRefusal } from './protection.ts'
import { afterRefsMoved, branchOf, type RefUpdate } from './refs.ts'
import { findRepository, type Repository } from './state.ts'
import { inTurn } from './turns.ts'

/** `/{owner}/{name}.git/…`, or undefined where the address is not git's. */
export function gitAddress(pathname: string): { owner: string; name: string; rest: string } | undefined {
  const [, owner, name, ...rest] = pathname.split('/')
  if (!owner || !name || rest.length === 0) return undefined
  const action = rest.join('/')
  if (!['info/refs', 'git-upload-pack', 'git-receive-pack'].includes(action)) return undefined
  return { owner, name: name.endsWith('.git') ? name.slice(0, -4) : name, rest: action }
}

/** Git's smart HTTP: git itself speaks, the server decides who may read and which refs may be written. */
export async function answerGit(hub: Hub, exchange: Exchange): Promise<void> {
  const address = gitAddress(exchange.url.pathname)!
  const isInfo = address.rest === 'info/refs'
  const service = isInfo ? (exchange.url.searchParams.get('service') ?? '') : address.rest
  const route = `git ${service === 'git-receive-pack' ? 'push' : 'fetch'}`
  const record = (status: number, by = '') =>
    hub.requests.push({
      method: exchange.method,
      route,
      path: exchange.url.pathname,
      status,
      by,
      at: hub.clock.now(),
    })
  const fault = hub.chaos.takeFault(route)
  if (fault && !fault.afterEffect) {
    record(fault.status)
    return fault.hangsUp ? exchange.hangUp() : exchange.send(fault.status, {}, fault.rawBody ?? '')
  }
  try {
    const { repository, doer } = authorise(hub, exchange, address, service)
    const answer = isInfo
      ? await advertise(hub, exchange, repository, service)
      : await serve(hub, exchange, repository, service, doer)
    record(fault?.status ?? 200, doer?.account.login)
    if (fault) return fault.hangsUp ? exchange.hangUp() : exchange.send(fault.status, {}, '')
    const type = isInfo ? `application/x-${service}-advertisement` : `application/x-${service}-result`
    exchange.send(200, { 'content-type': type, 'cache-control': 'no-cache' }, answer)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    record(error.status)
    exchange.send(error.status, { 'content-type': 'text/plain', ...error.headers }, error.message)
  }
}

function authorise(
  hub: Hub,
  exchange: Exchange,
  address: { owner: string; name: string },
  service: string,
): { repository: Repository; doer: Doer | undefined } {
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
    throw new ApiError(403, 'Unsupported service')
  const isWrite = service === 'git-receive-pack'
  const viewer = signIn(hub, exchange)
  const repository = findRepository(hub.state, address.owner, address.name)
  const isSeen = repository && maySee(viewer, repository)
  if (!isSeen || (isWrite && viewer.kind === 'anonymous')) {
    if (viewer.kind === 'anonymous') throw askForPassword()
    throw new ApiError(404, 'Repository not found.')
  }
  if (isWrite && !mayWrite(viewer, repository)) {
    throw new ApiError(403, `Permission to ${address.owner}/${address.name}.git denied.`)
  }
  return { repository, doer: doerOf(viewer) }
}

const askForPassword = () =>
  new ApiError(401, 'Repository not found.', undefined, { 'www-authenticate': 'Basic realm="GitHub"' })

function signIn(hub: Hub, exchange: Exchange): Viewer {
  try {
    return authenticate(hub.state, exchange.headers.get('authorization'), hub.clock.now())
  } catch (error) {
    if (error instanceof ApiError) {
      throw new ApiError(401, 'Invalid username or token.', undefined, {
        'www-authenticate': 'Basic realm="GitHub"',
      })
    }
    throw error
  }
}

function maySee(viewer: Viewer, repository: Repository): boolean {
  if (viewer.kind === 'installation') {
    return viewer.token.repositories.has(repository) && isGranted(viewer.token.permissions, 'contents:read')
  }
  if (viewer.kind === 'user') return hasPermission(repository, viewer.account, 'read')
  return viewer.kind === 'anonymous' && !repository.isPrivate
}

function mayWrite(viewer: Viewer, repository: Repository): boolean {
  if (viewer.kind === 'installation') return isGranted(viewer.token.permissions, 'contents:write')
  return viewer.kind === 'user' && hasPermission(repository, viewer.account, 'write')
}

async function advertise(
  hub: Hub,
  exchange: Exchange,
  repository: Repository,
  service: string,
): Promise<Buffer> {
  const variables = protocol(exchange)
  const refs = await hub.git.serve(
    repository.folder,
    service.slice('git-'.length),
    ['--http-backend-info-refs'],
    new Uint8Array(),
    variables,
  )
  return Buffer.concat([Buffer.from(`${packet(`# service=${service}\n`)}0000`), refs])
}

function protocol(exchange: Exchange): Record<string, string> {
  const version = exchange.headers.get('git-protocol')
  // The header reaches a process's environment: only what git itself would send.
  return version && /^version=[012]$/.test(version) ? { GIT_PROTOCOL: version } : {}
}

async function serve(
  hub: Hub,
  exchange: Exchange,
  repository: Repository,
  service: string,
  doer: Doer | undefined,
): Promise<Buffer> {
  const isZipped = exchange.headers.get('content-encoding') === 'gzip'
  const input = isZipped ? gunzipSync(exchange.body) : exchange.body
  const variables = protocol(exchange)
  if (service === 'git-upload-pack' || !doer) {
    const isVersion2 = variables['GIT_PROTOCOL'] === 'version=2'
    const listed = isVersion2 ? answerLsRefs(input, await hub.git.refs(repository.folder)) : undefined
    if (listed) return listed
    return hub.git.serve(repository.folder, 'upload-pack', [], input, variables)
  }
  return inTurn(repository, async () => {
    const before = await hub.git.refs(repository.folder)
    const rules = hookRules(repository, before, readCommands(input), doer)
    const output = await hub.git.serve(repository.folder, 'receive-pack', [], input, {
      ...variables,
      ...rules,
    })
    const updates = differences(before, await hub.git.refs(repository.folder))
    if (updates.length > 0) await afterRefsMoved(hub, repository, updates, doer)
    return output
  })
}

const zero = '0'.repeat(40)

/** The ref commands that come before the pack: `old new ref`, one per pkt-line, ended by a flush. */
function readCommands(input: Buffer): { before: string; after: string; ref: string }[] {
  const commands = []
  for (let at = 0; at + 4 <= input.length;) {
    const length = Number.parseInt(input.toString('latin1', at, at + 4), 16)
    if (!(length > 4)) break
    const [line = ''] = input.toString('utf8', at + 4, at + length).split('\0')
    const [before, after, ref] = line.trimEnd().split(' ')
    if (before && after && ref) commands.push({ before, after, ref })
    at += length
  }
  return commands
}

/** Which refs the repository's hook refuses to this person. */
function hookRules(
  repository: Repository,
  known: Map<string, string>,
  commands: ReturnType<typeof readCommands>,
  doer: Doer,
): Record<string, string> {
  const refused = []
  const forwardOnly = []
  for (const { ref, after } of commands) {
    const branch = branchOf(ref)
    if (branch === undefined) {
      if (!ref.startsWith('refs/tags/')) refused.push(ref)
      continue
    }
    // Protection holds for branches that are there; the first push makes them.
    const isNew = !known.has(ref)
    const isRefused =
      after === zero ? !mayDelete(repository, branch, doer) : !isNew && pushRefusal(repository, branch, doer)
    if (isRefused) refused.push(ref)
    if (!mayForcePush(repository, branch, doer)) forwardOnly.push(ref)
  }
  return { EMULATOR_REFUSED: refused.join('\n'), EMULATOR_NO_FORCE: forwardOnly.join('\n') }
}

function differences(before: Map<string, string>, after: Map<string, string>): RefUpdate[] {
  const refs = new Set([...before.keys(), ...after.keys()])
  return [...refs]
    .filter((ref) => before.get(ref) !== after.get(ref))
    .map((ref) => ({ ref, before: before.get(ref), after: after.get(ref) }))
}
