import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { joinPath } from '../rendering/paths.ts'
import { asMapping, asMappings, asText } from './fields.ts'

/** An address that a source or generator names, and a folder that it expects there. */
interface Mention {
  address: string
  /** Undefined where a template or pattern says nothing certain about the folder. */
  folder: string | undefined
}

/**
 * Which `repoURL`s mean the repository that is looked at. It has no address of its own: the one whose folders are here
 * most often is taken for it, and any other with the same repository name (a fork, a mirror, another protocol). An
 * address that shares nothing with this tree is another repository.
 */
export function findOwnAddresses(
  specs: readonly Record<string, unknown>[],
  index: RepositoryIndex,
): (repoUrl: string) => boolean {
  const mentions = specs.flatMap(mentionsOf)
  const here = new Map<string, number>()
  const away = new Set<string>()
  for (const [address, group] of Map.groupBy(mentions, (mention) => mention.address)) {
    const folders = [...new Set(group.flatMap(({ folder }) => folder ?? []))]
    const found = folders.filter((folder) => index.isFolder(folder))
    here.set(address, found.length)
    if (found.length === 0 && folders.length > 0) away.add(address)
  }
  const most = Math.max(0, ...here.values())
  const own = [...here.keys()].filter((address) => here.get(address) === most && !away.has(address))
  const names = new Set(own.map(nameOf))
  return (repoUrl) => {
    const address = normalizeAddress(repoUrl)
    if (address === '' || own.includes(address) || here.size === 0) return true
    return names.has(nameOf(address)) && !away.has(address)
  }
}

/** `git@host:a/b.git`, `ssh://git@host/a/b` and `https://host/a/b/` are one. Source: Argo CD, util/git/git.go NormalizeGitURL. */
export function normalizeAddress(repoUrl: string): string {
  const plain = repoUrl.trim().toLowerCase()
  const rest = plain.includes('://')
    ? plain.slice(plain.indexOf('://') + 3)
    : plain.replace(/^([^/]*@[^/:]+):/, '$1/')
  return rest
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):\d+\//, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}

function nameOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1)
}

/** The sources of an Application or of the templates of an ApplicationSet, and its git generators. */
function mentionsOf(spec: Record<string, unknown>): Mention[] {
  const template = asMapping(asMapping(spec.template).spec)
  const generators = asMappings(spec.generators)
  return [
    ...sourcesOf(spec).flatMap((source) => mention(source.repoURL, source.path)),
    ...sourcesOf(template).flatMap((source) => mention(source.repoURL, source.path)),
    ...generators.flatMap(mentionsOfGenerator),
  ]
}

function mentionsOfGenerator(generator: Record<string, unknown>): Mention[] {
  const git = asMapping(generator.git)
  const nested = [asMapping(generator.matrix), asMapping(generator.merge)]
  const overrides = Object.values(generator).map((each) =>
    asMapping(asMapping(asMapping(each).template).spec),
  )
  return [
    ...[...asMappings(git.directories), ...asMappings(git.files)].flatMap(({ path }) =>
      mention(git.repoURL, path),
    ),
    ...nested.flatMap((each) => asMappings(each.generators).flatMap(mentionsOfGenerator)),
    ...overrides.flatMap((each) => sourcesOf(each).flatMap((source) => mention(source.repoURL, source.path))),
  ]
}

/** `sources` where it has any, else `source`. Source: Argo CD, pkg/apis/application/v1alpha1/types.go GetSources. */
export function sourcesOf(spec: Record<string, unknown>): Record<string, unknown>[] {
  const several = asMappings(spec.sources)
  return several.length > 0 ? several : [asMapping(spec.source)]
}

function mention(repoUrl: unknown, path: unknown): Mention[] {
  const address = normalizeAddress(asText(repoUrl))
  if (address === '' || address.includes('{{')) return []
  return [{ address, folder: certainFolder(asText(path)) }]
}

/** The folder before the first segment that is a pattern, a template or a file; the root says nothing. */
function certainFolder(path: string): string | undefined {
  const segments = path.split('/')
  const end = segments.findIndex((segment) => /[*?[{]|\.(?:ya?ml|json)$/.test(segment))
  const folder = joinPath('.', (end < 0 ? segments : segments.slice(0, end)).join('/'))
  return folder === '.' ? undefined : folder
}
