import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { asMapping, asText } from './fields.ts'
import type { ObjectFile } from './repository-objects.ts'

/** A cluster that Argo CD deploys to, as its Secret in the repository declares it. */
export interface ArgoCluster {
  name: string
  server: string
  project: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

const secretType = 'argocd.argoproj.io/secret-type'

/** Source: Argo CD, common/common.go and pkg/apis/application/v1alpha1, KubernetesInternalAPIServerAddr, KubernetesInClusterName. */
export const inClusterServer = 'https://kubernetes.default.svc'
export const inClusterName = 'in-cluster'

/** Source: Argo CD docs, "Declarative Setup", Clusters. */
export function argoClusters(objectFiles: readonly ObjectFile[]): ArgoCluster[] {
  return objectFiles
    .flatMap(({ objects }) => objects.map(({ object }) => object))
    .filter((object) => object.kind === 'Secret' && object.metadata.labels?.[secretType] === 'cluster')
    .map(toCluster)
}

function toCluster(secret: KubernetesObject): ArgoCluster {
  const field = (name: string) => {
    const plain = asText(asMapping(secret.stringData)[name])
    return plain !== '' ? plain : Buffer.from(asText(asMapping(secret.data)[name]), 'base64').toString('utf8')
  }
  return {
    name: field('name'),
    server: field('server'),
    project: field('project'),
    labels: secret.metadata.labels ?? {},
    annotations: secret.metadata.annotations ?? {},
  }
}

/** The name of the cluster that a destination means; undefined for the one that Argo CD itself runs in. */
export function destinationCluster(
  destination: Record<string, unknown>,
  clusters: readonly ArgoCluster[],
): string | undefined {
  const server = asText(destination.server).replace(/\/+$/, '')
  const name = asText(destination.name) || clusters.find((each) => each.server === server)?.name
  if (name === inClusterName || (name === undefined && (server === '' || server === inClusterServer))) {
    return undefined
  }
  return name ?? (URL.canParse(server) ? new URL(server).hostname : server)
}
