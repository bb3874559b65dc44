import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { joinPath } from '../rendering/paths.ts'
import { asMapping, asMappings, asText } from './fields.ts'
import type { ObjectFile } from './repository-objects.ts'

/** Where a path of a Flux source lies in this repository, or why it does not. */
export type FluxPlace = { path: string } | { elsewhere: string }

/** The name that `flux bootstrap` gives the source of the repository itself. */
const bootstrapName = 'flux-system'

/**
 * Places paths of Flux's sources. This repository is the source named flux-system, every GitRepository of the same address
 * and reference, and one that no file here describes (somebody else made it). An artifact that is copied out of this
 * repository counts as it, where every copy moves its files alike. Everything else is elsewhere.
 */
export function fluxPlaces(objectFiles: readonly ObjectFile[]) {
  const objects = objectFiles.flatMap((file) => file.objects.map(({ object }) => object))
  const sources = objects.filter(({ apiVersion }) => apiVersion.startsWith('source.toolkit.fluxcd.io/'))
  const generators = objects.filter(({ kind }) => kind === 'ArtifactGenerator')
  const own = sources.filter(
    ({ kind, metadata }) => kind === 'GitRepository' && metadata.name === bootstrapName,
  )
  const ownAddresses = new Set(own.map(addressOf))

  function find(kind: string, name: string, namespace: string | undefined): KubernetesObject | undefined {
    const named = sources.filter((each) => each.kind === kind && each.metadata.name === name)
    return named.find((each) => each.metadata.namespace === namespace) ?? named[0]
  }

  /** Undefined: it is this repository. */
  function whyElsewhere(kind: string, name: string, namespace: string | undefined): string | undefined {
    if (name === bootstrapName) return undefined
    const source = find(kind, name, namespace)
    if (kind !== 'GitRepository') return `${kind} ${name}${atAddress(source)}`
    if (!source || ownAddresses.has(addressOf(source))) return undefined
    return `GitRepository ${name}${atAddress(source)}`
  }

  /** `path` is relative to the source; a leading slash means nothing, as to Flux. */
  function place(reference: Record<string, unknown>, path: string, namespace: string | undefined): FluxPlace {
    const kind = asText(reference.kind) || 'GitRepository'
    const name = asText(reference.name)
    const relative = path.replace(/^\/+/, '') || '.'
    if (kind === 'ExternalArtifact') return placeInArtifact(name, relative)
    const reason = whyElsewhere(kind, name, asText(reference.namespace) || namespace)
    const found = joinPath('.', relative)
    if (reason !== undefined) return { elsewhere: reason }
    return found === undefined
      ? { elsewhere: `its path ${path} leads out of the repository` }
      : { path: found }
  }

  function placeInArtifact(name: string, path: string): FluxPlace {
    const generator = generators.find((each) =>
      asMappings(asMapping(each.spec).artifacts).some((a) => a.name === name),
    )
    const moved = generator && movedFolder(asMapping(generator.spec), name, whyElsewhere)
    const found = moved === undefined ? undefined : joinPath(moved, path)
    if (found !== undefined) return { path: found }
    return { elsewhere: `ExternalArtifact ${name}, which is no plain copy of this repository` }
  }

  return { find, place }
}

/** The folder of this repository that an artifact's root stands for; undefined where copies differ or it is no plain copy. */
function movedFolder(
  spec: Record<string, unknown>,
  name: string,
  whyElsewhere: (kind: string, name: string, namespace: string | undefined) => string | undefined,
): string | undefined {
  const isOwn = new Map(
    asMappings(spec.sources).map((source) => [
      asText(source.alias),
      whyElsewhere(asText(source.kind), asText(source.name), asText(source.namespace) || undefined) ===
        undefined,
    ]),
  )
  const artifact = asMappings(spec.artifacts).find((each) => each.name === name)
  const roots = asMappings(artifact?.copy).map((copy) => {
    const from = /^@([^/]+)\/(?:(.*)\/)?\*\*$/.exec(asText(copy.from))
    const to = /^@artifact\/(?:(.*)\/)?$/.exec(asText(copy.to))
    const isPlain = copy.exclude === undefined && copy.strategy === undefined
    if (!from || !to || !isPlain || isOwn.get(from[1] ?? '') !== true) return undefined
    return withoutEnd(from[2] ?? '.', to[1] ?? '')
  })
  return new Set(roots).size === 1 ? roots[0] : undefined
}

/** `apps/base` without `base` is `apps`; undefined where it ends otherwise. */
function withoutEnd(folder: string, end: string): string | undefined {
  if (end === '') return folder
  if (folder === end) return '.'
  return folder.endsWith(`/${end}`) ? folder.slice(0, -end.length - 1) : undefined
}

function addressOf({ spec }: KubernetesObject): string {
  const { url, ref } = asMapping(spec)
  const address = asText(url)
    .replace(/^\w+:\/\/(?:[^@/]+@)?/, '')
    .replace(/\.git$/, '')
  return JSON.stringify([address.toLowerCase(), ref ?? {}])
}

function atAddress(source: KubernetesObject | undefined): string {
  if (!source) return ''
  const { url, endpoint, bucketName, ref } = asMapping(source.spec)
  const address =
    asText(url) || [asText(endpoint), asText(bucketName)].filter((part) => part !== '').join('/')
  const [reference] = Object.entries(asMapping(ref)).map(([key, value]) => `${key} ${asText(value)}`)
  return `${address && ` (${address}`}${reference ? `, ${reference}` : ''}${address && ')'}`
}
