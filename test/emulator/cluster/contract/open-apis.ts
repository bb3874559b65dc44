import { sharedKubeconfig } from '../../../control-plane/real-cluster.ts'
import { machineClock, startCluster } from '../start-cluster.ts'
import { type ApiUnderTest, openApi } from './api-under-test.ts'
import { createClient } from './client.ts'

/** The emulated cluster, driven by the machine's time. */
export async function openEmulatedApi(): Promise<ApiUnderTest> {
  const { emulator, kubeconfig, stop } = await startCluster('contract', machineClock)
  const api = await openApi(kubeconfig)
  const under: ApiUnderTest = {
    ...api,
    namespace: 'contract-emulated',
    compact: async () => emulator.chaos.compact(),
    async permit(user, verbs) {
      emulator.authorization(
        (request) => request.user !== user || (request.kind === 'ConfigMap' && verbs.includes(request.verb)),
      )
    },
    async refuse(annotation, message) {
      emulator.admission(({ metadata }) =>
        (metadata['annotations'] as object | undefined)?.hasOwnProperty(annotation)
          ? { policy: 'contract-emulated', message }
          : undefined,
      )
    },
    async close() {
      await api.close()
      await stop()
    },
  }
  await inNamespace(under)
  return under
}

/** The API server that `npm run test:cluster` started. */
export async function openRealApi(): Promise<ApiUnderTest> {
  const api = await openApi(await sharedKubeconfig())
  const namespace = `contract-${process.pid}`
  const policy = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies`
  const binding = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings`
  const etcd = process.env['ETCD_TEST']
  const under: ApiUnderTest = {
    ...api,
    namespace,
    async compact() {
      if (etcd === undefined) throw new Error('ETCD_TEST does not name the etcd of the API server')
      const post = (path: string, body: object) =>
        fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) })
      const range = await post('range', { key: 'Lw==' })
      const { header } = (await range.json()) as { header: { revision: string } }
      await post('compaction', { revision: header.revision, physical: true })
    },
    async permit(user, verbs) {
      const client = createClient(under)
      const group = 'rbac.authorization.k8s.io'
      const metadata = { name: `permit-${user}` }
      const head = { apiVersion: `${group}/v1`, metadata }
      const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs }]
      await client.apply({ ...head, kind: 'Role', rules })
      const roleRef = { apiGroup: group, kind: 'Role', name: metadata.name }
      await client.apply({ ...head, kind: 'RoleBinding', roleRef, subjects: [{ kind: 'User', name: user }] })
    },
    async refuse(annotation, message) {
      const metadata = { name: namespace }
      const rule = {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['configmaps'],
      }
      const expression = `!has(object.metadata.annotations) || !("${annotation}" in object.metadata.annotations)`
      await api.call('POST', policy, {
        body: {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicy',
          metadata,
          spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression, message }] },
        },
      })
      const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } }
      await api.call('POST', binding, {
        body: {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata,
          spec: { policyName: namespace, validationActions: ['Deny'], matchResources: { namespaceSelector } },
        },
      })
    },
    async close() {
      await api.call('DELETE', `${binding}/${namespace}`)
      await api.call('DELETE', `${policy}/${namespace}`)
      await createClient(under).remove('Namespace', namespace)
      await api.close()
    },
  }
  await inNamespace(under)
  // Pods need their account, which the controller-manager makes.
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`
  for (let looks = 0; looks < 50 && (await api.call('GET', account)).status !== 200; looks += 1)
    await machineClock.sleep(100)
  return under
}

async function inNamespace(under: ApiUnderTest): Promise<void> {
  const { namespace } = under
  await createClient(under).apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
}
