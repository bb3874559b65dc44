import type { KubernetesObject } from '../../../../src/domain/kubernetes-object.ts'
import type { Answer, ApiUnderTest, CallOptions } from './api-under-test.ts'

export const manager = 'contract'

/** What people and controllers do with one kind, in the words of kubectl. */
export function createClient(under: ApiUnderTest) {
  const { namespace } = under
  const at = (kind: KindName, name = '', query: Record<string, string> = {}, subresource = '') => {
    const [prefix, plural, isNamespaced] = addresses[kind] ?? custom(kind)
    const scope = isNamespaced ? `/namespaces/${namespace}` : ''
    const parameters = new URLSearchParams(query).toString()
    return `${prefix}${scope}/${plural}${name && `/${name}`}${subresource && `/${subresource}`}${parameters && `?${parameters}`}`
  }
  const custom = (kind: string): [string, string, boolean] => [
    `/apis/contract.drawbridge.dev/v1`,
    `${kind.toLowerCase()}s`,
    true,
  ]
  const apply = (object: KubernetesObject, query: Record<string, string> = {}, options: CallOptions = {}) => {
    const { subresource = '', ...rest } = query
    const all = { fieldManager: manager, fieldValidation: 'Strict', ...rest }
    return under.call('PATCH', at(object.kind, object.metadata.name, all, subresource), {
      body: object,
      contentType: 'application/apply-patch+yaml',
      ...options,
    })
  }
  return {
    under,
    namespace,
    at,
    apply,
    get: (kind: KindName, name: string) => under.call('GET', at(kind, name)),
    create: (object: KubernetesObject, query: Record<string, string> = {}) =>
      under.call('POST', at(object.kind, '', query), { body: object }),
    replace: (object: KubernetesObject, query: Record<string, string> = {}, subresource = '') =>
      under.call('PUT', at(object.kind, object.metadata.name, query, subresource), { body: object }),
    merge: (
      kind: KindName,
      name: string,
      patch: unknown,
      query: Record<string, string> = {},
      subresource = '',
    ) =>
      under.call('PATCH', at(kind, name, { fieldManager: 'somebody', ...query }, subresource), {
        body: patch,
        contentType: 'application/merge-patch+json',
      }),
    remove: (kind: KindName, name: string, options: unknown = {}, query: Record<string, string> = {}) =>
      under.call('DELETE', at(kind, name, query), {
        body: { kind: 'DeleteOptions', apiVersion: 'v1', ...(options as object) },
      }),
    list: (kind: KindName, query: Record<string, string> = {}, options: CallOptions = {}) =>
      under.call('GET', at(kind, '', query), options),
  }
}

export type Client = ReturnType<typeof createClient>
export type KindName = string

const core = '/api/v1'
const addresses: Record<string, [prefix: string, plural: string, isNamespaced: boolean]> = {
  Namespace: [core, 'namespaces', false],
  ConfigMap: [core, 'configmaps', true],
  Secret: [core, 'secrets', true],
  Event: [core, 'events', true],
  Service: [core, 'services', true],
  ServiceAccount: [core, 'serviceaccounts', true],
  PersistentVolumeClaim: [core, 'persistentvolumeclaims', true],
  LimitRange: [core, 'limitranges', true],
  ResourceQuota: [core, 'resourcequotas', true],
  Pod: [core, 'pods', true],
  Deployment: ['/apis/apps/v1', 'deployments', true],
  StatefulSet: ['/apis/apps/v1', 'statefulsets', true],
  DaemonSet: ['/apis/apps/v1', 'daemonsets', true],
  ReplicaSet: ['/apis/apps/v1', 'replicasets', true],
  Job: ['/apis/batch/v1', 'jobs', true],
  CronJob: ['/apis/batch/v1', 'cronjobs', true],
  Ingress: ['/apis/networking.k8s.io/v1', 'ingresses', true],
  NetworkPolicy: ['/apis/networking.k8s.io/v1', 'networkpolicies', true],
  PodDisruptionBudget: ['/apis/policy/v1', 'poddisruptionbudgets', true],
  HorizontalPodAutoscaler: ['/apis/autoscaling/v2', 'horizontalpodautoscalers', true],
  Role: ['/apis/rbac.authorization.k8s.io/v1', 'roles', true],
  RoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'rolebindings', true],
  Lease: ['/apis/coordination.k8s.io/v1', 'leases', true],
  PriorityClass: ['/apis/scheduling.k8s.io/v1', 'priorityclasses', false],
  StorageClass: ['/apis/storage.k8s.io/v1', 'storageclasses', false],
  IngressClass: ['/apis/networking.k8s.io/v1', 'ingressclasses', false],
  CustomResourceDefinition: ['/apis/apiextensions.k8s.io/v1', 'customresourcedefinitions', false],
}

export interface Refusal {
  status: number
  /** Of what was answered in place of a refusal. */
  kind?: string
  reason?: string
  message?: string
  causes?: string[]
}

/** What a refusal says, without the words that differ from run to run. */
export function refusal(client: Client, { status, body }: Answer): Refusal {
  const anonymous = (text: unknown) =>
    String(text)
      .replaceAll(client.namespace, 'NAMESPACE')
      .replaceAll(client.namespace.replaceAll('-', ''), 'NAMESPACE')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
  if (body?.kind !== 'Status') return { status, kind: body?.kind }
  const { reason, message, details } = body
  const causes = (details?.causes ?? []) as { reason?: string; message?: string; field?: string }[]
  return {
    status,
    reason,
    message: anonymous(message),
    ...(causes.length > 0
      ? {
          // In no order on the real server.
          causes: causes
            .map((cause) => `${cause.field ?? ''}: ${cause.reason ?? ''}: ${anonymous(cause.message)}`)
            .toSorted(),
        }
      : {}),
  }
}

/** The fields that each manager owns, `<manager> <operation>[ <subresource>]` → fieldsV1. */
export function ownership(object: { metadata: Record<string, unknown> }): Record<string, unknown> {
  const entries = (object.metadata['managedFields'] ?? []) as {
    manager: string
    operation: string
    subresource?: string
    fieldsV1: unknown
  }[]
  return Object.fromEntries(
    entries.map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(' '),
      fieldsV1,
    ]),
  )
}

/** Indented, with the names of every object in order: what two servers say can be compared. */
export function sortedJson(value: unknown): string {
  const sorted = (_: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part
  return JSON.stringify(value, sorted, 2)
}
