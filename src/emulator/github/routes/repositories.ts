import { ApiError, notFound, validationFailed } from '../api-error.ts'
import type { CommitEntry } from '../git-output.ts'
import { hasPermission, legacyPermission, permissionOf } from '../permissions.ts'
import { user } from '../present/account.ts'
import { api } from '../present/basics.ts'
import { commit, file, gitCommit } from '../present/commit.ts'
import { branchProtection } from '../present/protection.ts'
import { simplePull } from '../present/pull.ts'
import { fullRepository, permissionFlags } from '../present/repository.ts'
import { mayDelete, mayForcePush, protectionOf, pushRefusal } from '../protection.ts'
import { afterRefsMoved } from '../refs.ts'
import {
  created,
  noContent,
  ok,
  onRepository,
  page,
  param,
  type RepositoryCall,
  type Route,
} from '../route.ts'
import { findAccount, fullNameOf } from '../state.ts'
import { inTurn } from '../turns.ts'

const read = 'contents:read'
const write = 'contents:write'

/** Repositories, branches, refs, commits, contents and who may do what. */
export const repositoryRoutes: Route[] = [
  onRepository('GET', '', 'metadata:read', 'read', (call) => {
    const viewer = call.viewer.kind === 'anonymous' ? undefined : call.doer.account
    return ok(fullRepository(call.hub, call.repository, viewer))
  }),
  onRepository('GET', '/branches', read, 'read', async (call) => {
    const refs = await call.hub.git.refs(call.repository.folder)
    const branches = [...refs].filter(([ref]) => ref.startsWith('refs/heads/'))
    return page(call, branches, ([ref, sha]) => shortBranch(call, ref.slice('refs/heads/'.length), sha))
  }),
  onRepository('GET', '/branches/{branch}', read, 'read', async (call) => {
    const name = param(call, 'branch')
    const entry = await commitOr404(call, `refs/heads/${name}`)
    const self = `${api(call.hub)}/repos/${fullNameOf(call.repository)}/branches/${name}`
    return ok({
      ...shortBranch(call, name, entry.sha),
      commit: commit(call.hub, call.repository, entry),
      _links: { self, html: `${call.hub.url}/${fullNameOf(call.repository)}/tree/${name}` },
      protection: { enabled: protectionOf(call.repository, name) !== undefined },
      protection_url: `${self}/protection`,
    })
  }),
  onRepository('GET', '/branches/{branch}/protection', 'administration:read', 'admin', (call) => {
    const protection = protectionOf(call.repository, param(call, 'branch'))
    if (!protection) throw new ApiError(404, 'Branch not protected')
    return ok(branchProtection(call.hub, call.repository, param(call, 'branch'), protection))
  }),
  onRepository('GET', '/rules/branches/{branch}', 'metadata:read', 'read', (call) => {
    const { repository } = call
    const rules = repository.rules.filter(({ branch }) => branch === param(call, 'branch'))
    return page(call, rules, ({ type, parameters, rulesetId }) => ({
      type,
      ...(parameters && { parameters }),
      ruleset_source_type: 'Repository',
      ruleset_source: fullNameOf(repository),
      ruleset_id: rulesetId,
    }))
  }),
  onRepository('GET', '/git/ref/{+ref}', read, 'read', async (call) => {
    const ref = `refs/${param(call, 'ref')}`
    const sha = (await call.hub.git.refs(call.repository.folder)).get(ref)
    if (!sha) throw notFound()
    return ok(shownRef(call, ref, sha))
  }),
  onRepository('GET', '/git/matching-refs/{+ref}', read, 'read', async (call) => {
    const prefix = `refs/${param(call, 'ref')}`
    const refs = await call.hub.git.refs(call.repository.folder)
    const found = [...refs].filter(([ref]) => ref.startsWith(prefix))
    return page(call, found, ([ref, sha]) => shownRef(call, ref, sha))
  }),
  onRepository('POST', '/git/refs', write, 'write', async (call) => {
    const ref = call.input.text('ref')
    const sha = call.input.text('sha')
    if (!ref.startsWith('refs/') || ref.split('/').length < 3)
      throw new ApiError(422, 'Reference name must be prefixed with refs/')
    if (!(await call.hub.git.resolve(call.repository.folder, sha)))
      throw new ApiError(422, 'Object does not exist')
    await moveRef(call, ref, undefined, sha, new ApiError(422, 'Reference already exists'))
    return created(shownRef(call, ref, sha))
  }),
  onRepository('PATCH', '/git/refs/{+ref}', write, 'write', async (call) => {
    const ref = `refs/${param(call, 'ref')}`
    const sha = call.input.text('sha')
    const before = (await call.hub.git.refs(call.repository.folder)).get(ref)
    if (!before) throw new ApiError(422, 'Reference does not exist')
    const isForward = await call.hub.git.isAncestor(call.repository.folder, before, sha)
    const branch = ref.replace('refs/heads/', '')
    if (!isForward && !(call.input.boolean('force') && mayForcePush(call.repository, branch, call.doer))) {
      throw new ApiError(422, 'Update is not a fast forward')
    }
    await moveRef(call, ref, before, sha, new ApiError(422, 'Update is not a fast forward'))
    return ok(shownRef(call, ref, sha))
  }),
  onRepository('DELETE', '/git/refs/{+ref}', write, 'write', async (call) => {
    const ref = `refs/${param(call, 'ref')}`
    const before = (await call.hub.git.refs(call.repository.folder)).get(ref)
    if (!before) throw new ApiError(422, 'Reference does not exist')
    if (!mayDelete(call.repository, ref.replace('refs/heads/', ''), call.doer)) {
      throw new ApiError(422, 'Cannot delete this protected branch')
    }
    await moveRef(call, ref, before, undefined, new ApiError(422, 'Reference does not exist'))
    return noContent()
  }),
  onRepository('GET', '/git/commits/{commit_sha}', read, 'read', async (call) =>
    ok(gitCommit(call.hub, call.repository, await commitOr404(call, param(call, 'commit_sha')))),
  ),
  onRepository('GET', '/commits', read, 'read', async (call) => {
    const { hub, repository, query } = call
    const start = await commitOr404(call, query.get('sha') ?? repository.defaultBranch)
    const path = query.get('path')
    const entries = await hub.git.commits(repository.folder, start.sha, ...(path ? ['--', path] : []))
    return page(call, entries, (entry) => commit(hub, repository, entry))
  }),
  onRepository('GET', '/commits/{ref}', read, 'read', async (call) => {
    const { hub, repository } = call
    const entry = await commitOr404(call, param(call, 'ref'))
    const [parent] = entry.parents
    const files = parent ? await hub.git.files(repository.folder, parent, entry.sha) : []
    const sum = (key: 'additions' | 'deletions') => files.reduce((all, each) => all + each[key], 0)
    return ok({
      ...commit(hub, repository, entry),
      stats: {
        total: sum('additions') + sum('deletions'),
        additions: sum('additions'),
        deletions: sum('deletions'),
      },
      files: files.map((each) => file(hub, repository, entry.sha, each)),
    })
  }),
  onRepository('GET', '/commits/{commit_sha}/pulls', 'pull_requests:read', 'read', async (call) => {
    const { hub, repository } = call
    const { sha } = await commitOr404(call, param(call, 'commit_sha'))
    const found = []
    for (const pull of repository.pulls.values()) {
      const isIn = pull.merged?.sha === sha || (await isOwnCommit(call, pull.baseSha, sha, pull.headSha))
      if (isIn) found.push(pull)
    }
    return page(call, found, (pull) => simplePull(hub, pull))
  }),
  onRepository('GET', '/contents/{+path}', read, 'read', async (call) => {
    const { hub, repository } = call
    const path = param(call, 'path')
    const { sha } = await commitOr404(call, call.query.get('ref') ?? repository.defaultBranch)
    const content = await hub.git.read(repository.folder, sha, path)
    if (!content) throw notFound()
    const [entry] = (
      await hub.git.list(repository.folder, sha, path.split('/').slice(0, -1).join('/'), false)
    ).filter((each) => each.path === path)
    const self = `${api(hub)}/repos/${fullNameOf(repository)}/contents/${path}?ref=${sha}`
    const html = `${hub.url}/${fullNameOf(repository)}/blob/${sha}/${path}`
    const git = `${api(hub)}/repos/${fullNameOf(repository)}/git/blobs/${entry?.sha}`
    return ok({
      type: 'file',
      encoding: 'base64',
      size: content.length,
      name: path.split('/').at(-1),
      path,
      content: content.toString('base64'),
      sha: entry?.sha,
      url: self,
      git_url: git,
      html_url: html,
      download_url: `${hub.url}/raw/${fullNameOf(repository)}/${sha}/${path}`,
      _links: { git, self, html },
    })
  }),
  onRepository('GET', '/collaborators', 'metadata:read', 'write', (call) => {
    const people = [...call.hub.state.accounts.values()].filter((account) => {
      return (
        account.type === 'User' &&
        (call.repository.isPrivate || call.repository.collaborators.has(account)) &&
        hasPermission(call.repository, account, 'read')
      )
    })
    return page(call, people, (account) => ({
      ...user(call.hub, account),
      permissions: permissionFlags(call.repository, account),
      role_name: permissionOf(call.repository, account),
    }))
  }),
  onRepository('GET', '/collaborators/{username}/permission', 'metadata:read', 'write', (call) => {
    const account = findAccount(call.hub.state, param(call, 'username'))
    if (!account) throw new ApiError(404, `${param(call, 'username')} is not a user`)
    const permission = permissionOf(call.repository, account)
    return ok({
      permission: legacyPermission(permission),
      user: {
        ...user(call.hub, account),
        permissions: permissionFlags(call.repository, account),
        role_name: permission,
      },
      role_name: permission,
    })
  }),
]

function shortBranch(call: RepositoryCall, name: string, sha: string) {
  const url = `${api(call.hub)}/repos/${fullNameOf(call.repository)}/commits/${sha}`
  return { name, commit: { sha, url }, protected: protectionOf(call.repository, name) !== undefined }
}

async function commitOr404(call: RepositoryCall, revision: string): Promise<CommitEntry> {
  const sha = await call.hub.git.resolve(call.repository.folder, revision)
  if (!sha)
    throw new ApiError(
      revision.startsWith('refs/heads/') ? 404 : 422,
      revision.startsWith('refs/heads/') ? 'Branch not found' : `No commit found for SHA: ${revision}`,
    )
  const [entry] = await call.hub.git.commits(call.repository.folder, '--max-count=1', sha)
  return entry!
}

async function isOwnCommit(call: RepositoryCall, base: string, sha: string, head: string): Promise<boolean> {
  const { git } = call.hub
  const { folder } = call.repository
  return (
    sha === head || ((await git.isAncestor(folder, sha, head)) && !(await git.isAncestor(folder, sha, base)))
  )
}

function shownRef(call: RepositoryCall, ref: string, sha: string) {
  const repo = `${api(call.hub)}/repos/${fullNameOf(call.repository)}`
  return {
    ref,
    node_id: Buffer.from(`Ref:${ref}`).toString('base64url'),
    url: `${repo}/git/${ref}`,
    object: { sha, type: 'commit', url: `${repo}/git/commits/${sha}` },
  }
}

async function moveRef(
  call: RepositoryCall,
  ref: string,
  before: string | undefined,
  after: string | undefined,
  lost: ApiError,
): Promise<void> {
  const { hub, repository, doer } = call
  if (!ref.startsWith('refs/heads/') && !ref.startsWith('refs/tags/')) {
    throw validationFailed({ resource: 'Reference', field: 'ref', code: 'invalid' })
  }
  const refusal = pushRefusal(repository, ref.replace('refs/heads/', ''), doer)
  if (refusal && ref.startsWith('refs/heads/')) throw new ApiError(422, refusal)
  await inTurn(repository, async () => {
    if (!(await hub.git.updateRef(repository.folder, ref, before, after))) throw lost
    await afterRefsMoved(hub, repository, [{ ref, before, after }], doer)
  })
}
