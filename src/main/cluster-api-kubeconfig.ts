import { checkKubeconfig } from '../features/clusters/check-kubeconfig.ts'
import type { KubeconfigOptions } from '../features/clusters/kubeconfig-fields.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Cluster } from '../ports/cluster.ts'

/**
 * The kubeconfig of a cluster that Cluster API made, as the management cluster keeps it. It comes from a cluster and not
 * from the operator, so it may neither run programs nor name files.
 * Source: kubernetes-sigs/cluster-api, docs/proposals: Secret `<cluster>-kubeconfig`, key `value`.
 */
export async function clusterApiKubeconfig(
  management: Pick<Cluster, 'name' | 'get'>,
  namespace: string,
  name: string,
  options: KubeconfigOptions = {},
): Promise<string> {
  const secret = { group: '', version: 'v1', kind: 'Secret', namespace, name: `${name}-kubeconfig` }
  const value = ((await management.get(secret))?.['data'] as Record<string, string> | undefined)?.['value']
  const text = value === undefined ? '' : Buffer.from(value, 'base64').toString('utf8')
  const checked = checkKubeconfig(text, `${secret.name}: value`, options)
  if ('kubeconfig' in checked) return checked.kubeconfig
  const fault =
    value === undefined ? 'it is not there' : checked.problems.map(({ message }) => message).join('; ')
  throw new AdapterError({
    system: 'kubernetes',
    operation: 'connect',
    target: name,
    retryable: true,
    message: `the Secret ${namespace}/${name}-kubeconfig on ${management.name} cannot be used: ${fault}`,
  })
}
