import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { applyFindings } from '../../../src/features/sync/apply-findings.ts'
import { repeatedItems } from '../../../src/features/sync/repeated-items.ts'

function anObject(
  kind: string,
  body: object = {},
  annotations: Record<string, string> = {},
): KubernetesObject {
  return {
    apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
    kind,
    metadata: { name: 'x', namespace: 'shop', annotations },
    ...body,
  }
}

const rendered = (objects: KubernetesObject[], application = 'checkout') => ({
  target: { application, environment: 'dev', cluster: 'eu' },
  source: `apps/${application}`,
  objects,
  digest: 'd',
})
const find = (objects: KubernetesObject[], base: KubernetesObject[] = []) =>
  applyFindings([rendered(objects)], [rendered(base)], (source) => `${source}/x.yaml`)

const service = (...ports: object[]) => anObject('Service', { spec: { ports } })
const pod = (...env: object[]) =>
  anObject('Pod', { spec: { containers: [{ name: 'a' }, { name: 'b', env }] } })

describe('items of a list that cannot be told apart', () => {
  it.each`
    case                                   | object                                                                            | found
    ${'ports by number'}                   | ${service({ port: 80 }, { port: 443 })}                                           | ${[]}
    ${'one port with two protocols'}       | ${service({ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' })}          | ${[]}
    ${'a port whose protocol is left out'} | ${service({ port: 53, protocol: 'TCP' }, { port: 53 })}                           | ${['spec.ports[1] port: 53, protocol: TCP']}
    ${'a variable twice'}                  | ${pod({ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' })}       | ${['spec.containers[1].env[2] name: A']}
    ${'arguments twice'}                   | ${anObject('Pod', { spec: { containers: [{ name: 'a', args: ['-v', '-v'] }] } })} | ${[]}
    ${'a custom resource'}                 | ${anObject('Coupon', { spec: { ports: [{ port: 1 }, { port: 1 }] } })}            | ${[]}
  `('$case: $found', ({ object, found }) => {
    expect(repeatedItems(object).map(({ list, index, key }) => `${list}[${index}] ${key}`)).toEqual(found)
  })
})

const ofBytes = (bytes: number) => {
  const empty = Buffer.byteLength(JSON.stringify(anObject('ConfigMap', { data: { a: '' } })))
  return anObject('ConfigMap', { data: { a: 'x'.repeat(bytes - empty) } })
}

describe('what an apply would be refused for', () => {
  it.each`
    case                        | object                                                                        | policies
    ${'nothing'}                | ${anObject('ConfigMap', { data: { a: 'b' } })}                                | ${[]}
    ${'a repeated port'}        | ${service({ port: 1 }, { port: 1 })}                                          | ${['repeated-list-item error']}
    ${'1.5 MiB'}                | ${ofBytes(1.5 * 1024 * 1024)}                                                 | ${[]}
    ${'a byte more'}            | ${ofBytes(1.5 * 1024 * 1024 + 1)}                                             | ${['object-size error']}
    ${'a status'}               | ${anObject('Deployment', { status: {} })}                                     | ${['status-in-manifest notice']}
    ${'a status of a CRD'}      | ${anObject('CustomResourceDefinition', { status: {} })}                       | ${[]}
    ${'a hook that never runs'} | ${anObject('Job', {}, { 'drawbridge.dev/hook': 'befor' })}                    | ${['apply-annotation error']}
    ${'a hook'}                 | ${anObject('Job', {}, { 'helm.sh/hook': 'pre-install,test' })}                | ${[]}
    ${'a wave in words'}        | ${anObject('Job', {}, { 'argocd.argoproj.io/sync-wave': 'first' })}           | ${['apply-annotation error']}
    ${'no answer'}              | ${anObject('Job', {}, { 'drawbridge.dev/conflicts': 'force' })}               | ${['apply-annotation error']}
    ${'no way of applying'}     | ${anObject('Job', {}, { 'kustomize.toolkit.fluxcd.io/ssa': 'IfPresent' })}    | ${['apply-annotation error']}
    ${'a way of applying'}      | ${anObject('Job', {}, { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' })} | ${[]}
    ${'an answer'}              | ${anObject('Job', {}, { 'drawbridge.dev/conflicts': 'yield' })}               | ${[]}
  `('$case: $policies', ({ object, policies }) => {
    expect(find([object]).map(({ policy, severity }) => `${policy} ${severity}`)).toEqual(policies)
  })

  it('is told with the place, and as old where the base has it, too', () => {
    const object = service({ port: 1 }, { port: 1 })
    expect(find([object])).toMatchObject([
      { path: 'apps/checkout/x.yaml', fields: ['spec.ports'], isOld: false },
    ])
    expect(find([object], [object])).toMatchObject([{ isOld: true }])
  })

  it('is told where two applications deliver one object to one cluster', () => {
    const [finding, ...others] = applyFindings(
      [rendered([anObject('ConfigMap')]), rendered([anObject('ConfigMap')], 'cart')],
      [],
      (source) => source,
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      policy: 'object-claimed-twice',
      target: { application: 'cart' },
      message: 'ConfigMap shop/x is also delivered by checkout in dev, to the same cluster eu',
    })
  })
})
