import { beforeEach, expect, it } from 'vitest'
import type { ClusterAccess } from '../../src/domain/configuration.ts'
import { createServe } from '../../src/main/serving.ts'
import type { ServedCluster } from '../../src/ports/served-cluster.ts'
import { repository } from '../journeys/reconcile-target-doubles.ts'

const target = { application: 'shop', environment: 'prod', cluster: 'eu-1' }
const served = (name: string) => ({ cluster: { name } }) as ServedCluster
const operators = new Map(['eu-1', 'eu-1-admin'].map((name) => [name, served(`kubeconfig ${name}`)]))

let told: unknown[]
beforeEach(() => (told = []))

const serveWith = (access?: ClusterAccess) =>
  createServe({
    configuration: async () => access && { clusters: [{ name: 'eu-1', labels: {}, access }] },
    byKubeconfig: (name) => operators.get(name),
    byClusterApi: (name, { management, namespace }) => served(`secret ${management}/${namespace}/${name}`),
    streams: { tell: (...whom) => void told.push(whom) },
  })(repository, target)

// Both kubeconfigs are the operator's: only the one that the repository names is written to.
it.each<[string, ClusterAccess | undefined, string]>([
  ['nothing is declared', undefined, 'kubeconfig eu-1'],
  ['a kubeconfig of its own name', { kind: 'kubeconfig', name: 'eu-1' }, 'kubeconfig eu-1'],
  ['a kubeconfig of another name', { kind: 'kubeconfig', name: 'eu-1-admin' }, 'kubeconfig eu-1-admin'],
  [
    'a Secret of Cluster API',
    { kind: 'cluster-api', management: 'hub', namespace: 'fleet' },
    'secret hub/fleet/eu-1',
  ],
])('writes to the cluster that the repository declares: %s', async (_, access, name) => {
  expect((await serveWith(access))?.cluster.name).toBe(name)
  expect(told).toEqual([])
})

it('leaves a cluster to its agent, and tells it to look', async () => {
  expect(await serveWith({ kind: 'agent', keys: [] })).toBeUndefined()
  expect(told).toEqual([[repository.id, 'prod', 'eu-1']])
})

it('writes to nothing where the operator has no kubeconfig of that name', async () => {
  expect(await serveWith({ kind: 'kubeconfig', name: 'gone' })).toBeUndefined()
})
