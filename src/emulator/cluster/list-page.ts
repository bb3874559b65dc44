import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { apiVersionOf, builtInKinds, type Kind } from './kinds.ts'
import { parseLabelSelector } from './label-selector.ts'
import { storageKind } from './served-kinds.ts'
import { StatusError } from './status-error.ts'
import type { Storage } from './storage.ts'

/** One page of a list. Pages that follow show what was there at the first one's version. */
export function listPage(
  storage: Storage,
  kind: Kind,
  namespace: string,
  query: URLSearchParams,
  represent: (object: KubernetesObject) => unknown,
): unknown {
  const matches = selectorOf(kind, query, namespace)
  const token = query.get('continue')
  const { revision, after } = token ? readToken(token) : { revision: storage.revision(), after: '' }
  const at = revision === latest ? storage.revision() : revision
  const all = objectsAt(storage, kind, at, after, query).filter(matches)
  const rest = all.filter((object) => placeOf(object) > after)
  const limit = Number(query.get('limit') ?? 0) || rest.length
  const page = rest.slice(0, limit)
  const left = rest.length - page.length
  const isSelected = query.has('labelSelector') || query.has('fieldSelector')
  const items = page.map(represent)
  return {
    ...headOf(kind, items[0]),
    metadata: {
      resourceVersion: String(at),
      ...(left > 0 && { continue: writeToken(at, placeOf(page.at(-1)!)) }),
      ...(left > 0 && !isSelected && { remainingItemCount: left }),
    },
    items: items.map((item) => itemOf(kind, item as KubernetesObject)),
  }
}

/** Stands for whatever is there now: the rest of a list whose version is forgotten. */
const latest = -1

function objectsAt(
  storage: Storage,
  kind: Kind,
  revision: number,
  after: string,
  query: URLSearchParams,
): KubernetesObject[] {
  try {
    return storage.listAt(storageKind(kind), revision)
  } catch (error) {
    if (!(error instanceof StatusError) || query.get('continue') === null) throw error
    throw new StatusError(410, 'Expired', tooOld, [], undefined, { continue: writeToken(latest, after) })
  }
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** What the labels and the fields of a query select, in one namespace or all. */
export function selectorOf(
  kind: Kind,
  query: URLSearchParams,
  namespace: string,
): (object: KubernetesObject) => boolean {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '')
  const fields = (query.get('fieldSelector') ?? '').split(',').filter((term) => term !== '')
  const wanted = fields.map((term) => {
    const [field = '', value] = term.split(/={1,2}/)
    return { read: selectable(kind, field), value }
  })
  return (object) =>
    (namespace === '' || object.metadata.namespace === namespace) &&
    labels(object.metadata.labels) &&
    wanted.every(({ read, value }) => read(object) === value)
}

/** Fields of a kind by which it can be selected, besides name and namespace. Source: Kubernetes, pkg/registry. */
const selectableFields: Record<string, string[]> = {
  '/Event': ['name', 'namespace', 'kind', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
    .map((field) => `involvedObject.${field}`)
    .concat('reason', 'type'),
  '/Pod': ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase'],
}

/** What is absent is selected by the empty text. */
function selectable(kind: Kind, field: string): (object: KubernetesObject) => string {
  const own = selectableFields[storageKind(kind)]
  if (!['metadata.name', 'metadata.namespace', ...(own ?? [])].includes(field))
    throw new StatusError(
      400,
      'BadRequest',
      own ? `field label not supported: ${field}` : unknownField(field),
    )
  return (object) => {
    const value = field
      .split('.')
      .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], object)
    return typeof value === 'string' ? value : ''
  }
}

/** In the words of kinds that add no fields of their own. */
function unknownField(field: string): string {
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
}

function placeOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function writeToken(revision: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString(
    'base64url',
  )
}

function readToken(token: string): { revision: number; after: string } {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      rv: number
      start: string
    }
    return { revision: rv, after: start }
  } catch {
    throw new StatusError(400, 'BadRequest', 'invalid continue token: continue key is not valid')
  }
}

function headOf(kind: Kind, first: unknown): { kind: string; apiVersion: string } {
  const shown = (first as KubernetesObject | undefined)?.kind
  if (shown === 'PartialObjectMetadata')
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind) }
}

/** Items of a built-in kind leave out what the list says; custom ones, and metadata alone, say it again. */
function itemOf(kind: Kind, item: KubernetesObject): unknown {
  if (item.kind === 'PartialObjectMetadata' || !builtInKinds.includes(kind)) return item
  const { kind: _, apiVersion: __, ...rest } = item
  return rest
}
