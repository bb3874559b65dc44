import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { applyFindings } from '../../../src/features/sync/apply-findings.ts'
import { fileNamesOf, heldByOthers } from '../../../src/features/sync/claimed-objects.ts'
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
})

/**
 * Of a change that touches checkout and cart; search is not touched:
 *
 * | one object, on one cluster             | then                                                |
 * | -------------------------------------- | --------------------------------------------------- |
 * | delivered by both                      | told, of the second                                 |
 * | moves from one to the other            | nothing                                             |
 * | delivered by one, and search has it    | told                                                |
 * | either, and so it was before            | told as old: it closes no gate                      |
 * | on another cluster                     | nothing                                             |
 */
describe('one object of two applications', () => {
  const settings = anObject('ConfigMap')
  const file = 'configmap-shop-x.yaml'
  const by = (application: string, objects = [settings]) => rendered(objects, application)
  const heldBy = (application: string, cluster = 'eu') => ({
    target: { application, environment: 'dev', cluster },
    file,
  })
  it.each`
    case                                 | before                              | after                               | held                        | told
    ${'of two that the change delivers'} | ${[]}                               | ${[by('checkout'), by('cart')]}     | ${[]}                       | ${['cart: checkout']}
    ${'that were so before, both'}       | ${[by('checkout'), by('cart')]}     | ${[by('checkout'), by('cart')]}     | ${[]}                       | ${['cart: checkout, as before']}
    ${'that moves'}                      | ${[by('checkout'), by('cart', [])]} | ${[by('checkout', []), by('cart')]} | ${[heldBy('checkout')]}     | ${[]}
    ${'that another one has'}            | ${[]}                               | ${[by('cart')]}                     | ${[heldBy('search')]}       | ${['cart: search']}
    ${'that another one had all along'}  | ${[by('cart')]}                     | ${[by('cart')]}                     | ${[heldBy('search')]}       | ${['cart: search, as before']}
    ${'that another one has elsewhere'}  | ${[]}                               | ${[by('cart')]}                     | ${[heldBy('search', 'us')]} | ${[]}
    ${'that is the application’s own'}   | ${[by('cart')]}                     | ${[by('cart')]}                     | ${[heldBy('cart')]}         | ${[]}
  `('$case: $told', ({ before, after, held, told }) => {
    const relevant = heldByOthers({ before, after }, held)
    const found = applyFindings(after, before, (source) => source, relevant)
    expect(
      found.map(
        ({ target, message, isOld }) =>
          `${target.application}: ${/by (\w+)/.exec(message)?.[1]}${isOld ? ', as before' : ''}`,
      ),
    ).toEqual(told)
  })

  it('is told with both, and what to do', () => {
    const [finding] = applyFindings([by('checkout'), by('cart')], [], (source) => `${source}/x.yaml`)
    expect(finding).toMatchObject({
      policy: 'object-claimed-twice',
      severity: 'error',
      path: 'apps/cart/x.yaml',
      message: 'ConfigMap shop/x is also delivered by checkout in dev, to the same cluster eu',
      fix: 'let one application deliver it, or give one of the two another name or namespace',
    })
  })

  it('is asked for by the names of files', () => {
    expect([...fileNamesOf([by('checkout'), by('cart', [service({ port: 1 })])])]).toEqual([
      file,
      'service-shop-x.yaml',
    ])
  })
})
