import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { definedScopes, isNamespaced } from '../../../src/features/rendering/kind-scope.ts'
import { findViolations } from '../../../src/features/tenancy/find-violations.ts'
import { limitsOf } from '../../../src/features/tenancy/limits-of.ts'
import { aTenant } from '../../builders.ts'

const target = { application: 'payments-api', environment: 'prod', cluster: 'prod-eu' }

function anObject(apiVersion: string, kind: string, place: string, labels?: Record<string, string>) {
  const [name = '', namespace] = place.split('/').toReversed()
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }), ...(labels && { labels }) } }
}

function violations(object: KubernetesObject, tenant: Parameters<typeof aTenant>[0] = {}): string[] {
  const defined = definedScopes([clusterIssuers])
  return findViolations({
    target,
    limits: limitsOf({ tenants: [[aTenant(tenant)]] }, target),
    objects: [object],
    isNamespaced: (each) => isNamespaced(each, defined),
  }).map(({ message }) => message)
}

const clusterIssuers: KubernetesObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'clusterissuers.cert-manager.io' },
  spec: { group: 'cert-manager.io', scope: 'Cluster', names: { kind: 'ClusterIssuer' } },
}

/**
 * Of the tenant that may deliver to `payments` and `payments-*`:
 *
 * | object                                        | refused because of     |
 * | --------------------------------------------- | ---------------------- |
 * | in its namespaces                             | –                      |
 * | in another, in kube-system, in none           | the namespace          |
 * | of a kind without namespaces, whatever it says | the kind              |
 * | that gives rights                             | the kind               |
 * | of ours: namespace, labels, roles             | ours, unless the tenant is said to deliver us |
 * | a record or a label of ours                   | ours, whatever is allowed |
 */
describe('X2, X3: what a tenant may deliver', () => {
  it.each`
    case                                  | apiVersion                           | kind                              | place                    | refused
    ${'its own namespace'}                | ${'v1'}                              | ${'ConfigMap'}                    | ${'payments/a'}          | ${/^$/}
    ${'a namespace by pattern'}           | ${'apps/v1'}                         | ${'Deployment'}                   | ${'payments-eu/a'}       | ${/^$/}
    ${'a name that only begins alike'}    | ${'v1'}                              | ${'ConfigMap'}                    | ${'paymentsx/a'}         | ${'the namespace paymentsx'}
    ${'another team’s'}                   | ${'v1'}                              | ${'Secret'}                       | ${'checkout/a'}          | ${'the namespace checkout'}
    ${'the system’s'}                     | ${'v1'}                              | ${'ConfigMap'}                    | ${'kube-system/a'}       | ${'the namespace kube-system'}
    ${'no namespace: that is default'}    | ${'v1'}                              | ${'ConfigMap'}                    | ${'a'}                   | ${'the namespace default'}
    ${'rights for everybody'}             | ${'rbac.authorization.k8s.io/v1'}    | ${'ClusterRoleBinding'}           | ${'a'}                   | ${'ClusterRoleBinding a, which concerns the whole cluster'}
    ${'the same, hidden in a namespace'}  | ${'rbac.authorization.k8s.io/v1'}    | ${'ClusterRole'}                  | ${'payments/a'}          | ${'which concerns the whole cluster'}
    ${'an admission webhook'}             | ${'admissionregistration.k8s.io/v1'} | ${'MutatingWebhookConfiguration'} | ${'a'}                   | ${'which concerns the whole cluster'}
    ${'a definition'}                     | ${'apiextensions.k8s.io/v1'}         | ${'CustomResourceDefinition'}     | ${'a.example.org'}       | ${'which concerns the whole cluster'}
    ${'a node'}                           | ${'v1'}                              | ${'Node'}                         | ${'a'}                   | ${'which concerns the whole cluster'}
    ${'a namespace'}                      | ${'v1'}                              | ${'Namespace'}                    | ${'payments'}            | ${'which concerns the whole cluster'}
    ${'rights within'}                    | ${'rbac.authorization.k8s.io/v1'}    | ${'RoleBinding'}                  | ${'payments/a'}          | ${'any RoleBinding'}
    ${'a kind that is defined beside it'} | ${'cert-manager.io/v1'}              | ${'ClusterIssuer'}                | ${'payments/a'}          | ${'which concerns the whole cluster'}
    ${'an unknown kind with a namespace'} | ${'example.org/v1'}                  | ${'Thing'}                        | ${'payments/a'}          | ${/^$/}
    ${'an unknown kind without one'}      | ${'example.org/v1'}                  | ${'Thing'}                        | ${'a'}                   | ${'which concerns the whole cluster'}
    ${'our namespace’s content'}          | ${'v1'}                              | ${'ConfigMap'}                    | ${'drawbridge-system/a'} | ${'Drawbridge’s own'}
    ${'our namespace'}                    | ${'v1'}                              | ${'Namespace'}                    | ${'drawbridge-system'}   | ${'Drawbridge’s own'}
    ${'our role'}                         | ${'rbac.authorization.k8s.io/v1'}    | ${'ClusterRole'}                  | ${'drawbridge-agent'}    | ${'Drawbridge’s own'}
  `('$case → $refused', ({ apiVersion, kind, place, refused }) => {
    const found = violations(anObject(apiVersion, kind, place))
    expect(found.join('\n')).toMatch(refused)
  })

  it.each(['drawbridge.dev/owner', 'drawbridge.dev/application', 'drawbridge.dev/kind'])(
    'X3: refuses the label %s even where everything is allowed',
    (label) => {
      const everything = { namespaces: ['*'], clusterKinds: ['*'], deniedKinds: [] }
      const object = anObject('v1', 'ConfigMap', 'payments/a', { [label]: 'x' })
      expect(violations(object, everything)).toEqual([`the label ${label} is set by Drawbridge alone`])
    },
  )

  it.each`
    case                              | tenant                                                 | kind           | place           | count
    ${'a kind that is allowed'}       | ${{ clusterKinds: ['Namespace'] }}                     | ${'Namespace'} | ${'payments'}   | ${0}
    ${'a namespace of somebody else'} | ${{ clusterKinds: ['Namespace'] }}                     | ${'Namespace'} | ${'checkout'}   | ${1}
    ${'Kind.group'}                   | ${{ clusterKinds: ['Namespace.core'] }}                | ${'Namespace'} | ${'payments'}   | ${0}
    ${'another group'}                | ${{ clusterKinds: ['Namespace.example.org'] }}         | ${'Namespace'} | ${'payments'}   | ${1}
    ${'a kind denied by pattern'}     | ${{ deniedKinds: ['Config*'] }}                        | ${'ConfigMap'} | ${'payments/a'} | ${1}
    ${'denied goes before allowed'}   | ${{ clusterKinds: ['*'], deniedKinds: ['Namespace'] }} | ${'Namespace'} | ${'payments'}   | ${1}
    ${'another cluster'}              | ${{ clusters: ['staging-*'] }}                         | ${'ConfigMap'} | ${'payments/a'} | ${1}
    ${'its cluster'}                  | ${{ clusters: ['prod-*'] }}                            | ${'ConfigMap'} | ${'payments/a'} | ${0}
    ${'an application of nobody'}     | ${{ applications: ['checkout'] }}                      | ${'ConfigMap'} | ${'payments/a'} | ${1}
    ${'elsewhere only'}               | ${{ environments: ['dev'] }}                           | ${'ConfigMap'} | ${'payments/a'} | ${1}
  `('$case → $count', ({ tenant, kind, place, count }) => {
    expect(violations(anObject('v1', kind, place), tenant)).toHaveLength(count)
  })

  const platform = { namespaces: ['drawbridge-system'], clusterKinds: ['*'], deniedKinds: [] }
  const everything = { ...platform, namespaces: ['*'] }
  it.each`
    case                                   | tenant        | kind                    | place                                 | refused
    ${'the agent, by its own tenant'}      | ${platform}   | ${'Deployment'}         | ${'drawbridge-system/agent'}          | ${/^$/}
    ${'its namespace'}                     | ${platform}   | ${'Namespace'}          | ${'drawbridge-system'}                | ${/^$/}
    ${'its rights'}                        | ${platform}   | ${'ClusterRoleBinding'} | ${'drawbridge-agent'}                 | ${/^$/}
    ${'by a pattern that happens to fit'}  | ${everything} | ${'Deployment'}         | ${'drawbridge-system/agent'}          | ${'Drawbridge’s own'}
    ${'a role by such a pattern'}          | ${everything} | ${'ClusterRoleBinding'} | ${'drawbridge-agent'}                 | ${'Drawbridge’s own'}
    ${'what was applied, by nobody'}       | ${platform}   | ${'ConfigMap'}          | ${'drawbridge-system/drawbridge.a.b'} | ${'the name of a record that Drawbridge alone writes'}
    ${'anything else, by the same tenant'} | ${platform}   | ${'ConfigMap'}          | ${'payments/a'}                       | ${'the namespace payments'}
  `('our installation: $case → $refused', ({ tenant, kind, place, refused }) => {
    const group = kind === 'ClusterRoleBinding' ? 'rbac.authorization.k8s.io/v1' : 'v1'
    expect(violations(anObject(group, kind, place), tenant).join('\n')).toMatch(refused)
  })

  it('our installation: by the tenants of every file', () => {
    const limits = limitsOf({ tenants: [[aTenant(platform)], [aTenant(everything)]] }, target)
    const objects = [anObject('apps/v1', 'Deployment', 'drawbridge-system/agent')]
    expect(findViolations({ target, limits, objects, isNamespaced: () => true })).toHaveLength(1)
  })

  it('holds the limits of every file', () => {
    const mine = aTenant({ namespaces: ['*'] })
    const theirs = aTenant({ name: 'everybody', applications: ['*'], rule: 'shop/.github: .drawbridge.yaml' })
    const limits = limitsOf({ tenants: [[theirs], [mine]] }, target)
    const objects = [anObject('v1', 'ConfigMap', 'checkout/a')]
    const found = findViolations({ target, limits, objects, isNamespaced: () => true })
    expect(found.map(({ message }) => message)).toEqual([
      'tenant everybody may not deliver to the namespace checkout; allowed: payments, payments-*',
    ])
  })

  it('limits nobody where no tenants are declared, but keeps what is ours', () => {
    const objects = [
      anObject('v1', 'ConfigMap', 'kube-system/a'),
      anObject('v1', 'ConfigMap', 'drawbridge-system/drawbridge.a.prod'),
    ]
    const found = findViolations({ target, limits: undefined, objects, isNamespaced: () => true })
    expect(found.map(({ object }) => object.name)).toEqual(['drawbridge.a.prod'])
  })
})
