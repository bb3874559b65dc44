import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'

/** A ConfigMap whose content tells the version that wrote it. */
export function aSetting(namespace: string, name: string, version: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { version } }
}

/** Objects that are healthy as soon as they are there: their namespace, `count` ConfigMaps, an account and a Service. */
export function shopObjects(namespace: string, version: string, count: number): KubernetesObject[] {
  const selector = { app: 'shop', version }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...Array.from({ length: count }, (_, index) => aSetting(namespace, `setting-${index}`, version)),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'shop', namespace, annotations: { 'shop.example/version': version } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace },
      spec: { selector, ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }] },
    },
  ]
}

export const shopKinds = ['ConfigMap', 'ServiceAccount', 'Service']

/** Undefined: it is none of these objects. */
export function versionOf(object: KubernetesObject): string | undefined {
  const { data, spec } = object as { data?: { version?: string }; spec?: { selector?: { version?: string } } }
  return data?.version ?? spec?.selector?.version ?? object.metadata.annotations?.['shop.example/version']
}
