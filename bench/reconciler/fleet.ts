import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { RepositoryRef, Target } from '../../src/domain/refs.ts'
import { type AttestedObjects, createSignedBranch } from '../../test/faults/signed-branch.ts'

export const repository: RepositoryRef = { id: '7', owner: 'shop', name: 'gitops', installation: '' }
export const environment = 'prod'
const namespaces = 20

/** A rendered ref with `applications` × 4 objects for each cluster, in a bare repository of its own. */
export interface Fleet {
  /** Where agents fetch it from. */
  url: string
  /** `ssh-ed25519 …` line of the key that signs it. */
  trustedKey: string
  /** Attests this version of every application on every cluster. */
  release(version: string): Promise<void>
  remove(): Promise<void>
}

export async function createFleet(
  applications: number,
  clusters: readonly string[],
  signingKey: string,
): Promise<Fleet> {
  const { url, trustedKey, release, remove } = await createSignedBranch(repository, environment, signingKey)
  const attestedOn = (cluster: string, version: string) =>
    Array.from({ length: applications }, (_, index) => attestedObjects(cluster, index, version))
  return {
    url,
    trustedKey,
    remove,
    async release(version) {
      await release(
        version,
        clusters.flatMap((cluster) => attestedOn(cluster, version)),
      )
    },
  }
}

function attestedObjects(cluster: string, index: number, version: string): AttestedObjects {
  const target: Target = { application: applicationName(index), environment, cluster }
  const images = { 'registry.shop.example/podinfo': version }
  return { target, objects: objectsOf(index, version), images }
}

export function applicationName(index: number): string {
  return `app-${String(index).padStart(4, '0')}`
}

export function namespaceNames(): string[] {
  return Array.from({ length: namespaces }, (_, index) => `team-${index}`)
}

/** A small web application: what an update changes is the image of its Deployment. */
export function objectsOf(index: number, version: string): KubernetesObject[] {
  const name = applicationName(index)
  const namespace = `team-${index % namespaces}`
  const metadata = { name, namespace, labels: { 'app.kubernetes.io/name': name } }
  const labels = { 'app.kubernetes.io/name': name }
  const container = {
    name: 'podinfo',
    image: `registry.shop.example/podinfo:${version}`,
    imagePullPolicy: 'IfNotPresent',
    command: ['./podinfo', '--port=9898', '--level=info'],
    env: [{ name: 'PODINFO_UI_COLOR', value: '#34577c' }],
    envFrom: [{ configMapRef: { name } }],
    ports: [
      { name: 'http', containerPort: 9898, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9797, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { path: '/readyz', port: 9898 }, timeoutSeconds: 5 },
    resources: { requests: { cpu: '1m', memory: '16Mi' }, limits: { memory: '128Mi' } },
  }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'http', port: 9898, protocol: 'TCP', targetPort: 'http' }] },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { PODINFO_UI_MESSAGE: `hello from ${name}` } },
  ]
}
