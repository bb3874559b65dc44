import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { IgnoreRule } from '../../../src/domain/reconcile-settings.ts'
import { yieldFields } from '../../../src/features/drift/yield-fields.ts'

const containers = [
  { name: 'app', image: 'app:1' },
  { name: 'proxy', image: 'proxy:1' },
]
const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart', 'shop.example/tier': 'web' } },
  spec: { replicas: 2, template: { spec: { containers } } },
}
const replicas = { 'f:spec': { 'f:replicas': {} } }
const proxyImage = {
  'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"proxy"}': { 'f:image': {} } } } } },
}
const tier = { 'f:metadata': { 'f:labels': { 'f:shop.example/tier': {} } } }
/** As it is seen after a manager wrote these fields. */
const writtenBy = (manager: string, fieldsV1: object) => ({
  whole: { ...deployment, metadata: { ...deployment.metadata, managedFields: [{ manager, fieldsV1 }] } },
})
const rule = (fields: string[], about: Partial<IgnoreRule> = {}): IgnoreRule => ({ fields, ...about })

/*
 * rule is about the field   the object is there   another manager wrote it   left before   → left to others
 * no                        -                     -                          -             → no
 * yes                       no                    -                          -             → no: it is set at creation
 * yes                       yes                   no                         no            → no
 * yes                       yes                   yes                        -             → yes
 * yes                       yes                   -                          yes           → yes
 */
describe('fields that are left to others', () => {
  it.each`
    case                              | rules                                                                | live                                      | before                                      | left
    ${'no rule'}                      | ${[]}                                                                | ${writtenBy('hpa', replicas)}             | ${[]}                                       | ${[]}
    ${'not there yet'}                | ${[rule(['/spec/replicas'])]}                                        | ${undefined}                              | ${['/spec/replicas']}                       | ${[]}
    ${'nobody wrote it'}              | ${[rule(['/spec/replicas'])]}                                        | ${{}}                                     | ${[]}                                       | ${[]}
    ${'we wrote it'}                  | ${[rule(['/spec/replicas'])]}                                        | ${writtenBy('drawbridge', replicas)}      | ${[]}                                       | ${[]}
    ${'another wrote something else'} | ${[rule(['/spec/replicas'])]}                                        | ${writtenBy('k9s', proxyImage)}           | ${[]}                                       | ${[]}
    ${'another wrote it'}             | ${[rule(['/spec/replicas'])]}                                        | ${writtenBy('hpa', replicas)}             | ${[]}                                       | ${['/spec/replicas']}
    ${'left before'}                  | ${[rule(['/spec/replicas'])]}                                        | ${{}}                                     | ${['/spec/replicas']}                       | ${['/spec/replicas']}
    ${'left before, the rule gone'}   | ${[]}                                                                | ${{}}                                     | ${['/spec/replicas']}                       | ${[]}
    ${'of another kind'}              | ${[rule(['/spec/replicas'], { kind: 'StatefulSet' })]}               | ${writtenBy('hpa', replicas)}             | ${[]}                                       | ${[]}
    ${'of this group and kind'}       | ${[rule(['/spec/replicas'], { group: 'apps', kind: 'Deployment' })]} | ${writtenBy('hpa', replicas)}             | ${[]}                                       | ${['/spec/replicas']}
    ${'of another name'}              | ${[rule(['/spec/replicas'], { name: 'basket' })]}                    | ${writtenBy('hpa', replicas)}             | ${[]}                                       | ${[]}
    ${'the item of a list'}           | ${[rule(['/spec/template/spec/containers/1/image'])]}                | ${writtenBy('mesh', proxyImage)}          | ${[]}                                       | ${['/spec/template/spec/containers/1/image']}
    ${'another item of it'}           | ${[rule(['/spec/template/spec/containers/0/image'])]}                | ${writtenBy('mesh', proxyImage)}          | ${[]}                                       | ${[]}
    ${'a label with a slash'}         | ${[rule(['/metadata/labels/shop.example~1tier'])]}                   | ${writtenBy('k9s', tier)}                 | ${[]}                                       | ${['/metadata/labels/shop.example~1tier']}
    ${'what names the object'}        | ${[rule(['/metadata/name', '/metadata', '/kind'])]}                  | ${writtenBy('k9s', { 'f:metadata': {} })} | ${['/metadata/name', '/metadata', '/kind']} | ${[]}
    ${'a field that it has not'}      | ${[rule(['/spec/paused'])]}                                          | ${{}}                                     | ${['/spec/paused']}                         | ${[]}
  `('$case → $left', ({ rules, live, before, left }) => {
    expect(yieldFields(deployment, rules, live, before, 'drawbridge').yielded).toEqual(left)
  })

  it('are taken out, and nothing beside them', () => {
    const pointers = ['/spec/replicas', '/spec/template/spec/containers/1/image']
    const { object } = yieldFields(deployment, [rule(pointers)], {}, pointers, 'drawbridge')
    expect(object['spec']).toEqual({ template: { spec: { containers: [containers[0], { name: 'proxy' }] } } })
    expect(object.metadata).toEqual(deployment.metadata)
  })

  it('are named by an annotation of the object, too', () => {
    const annotations = { 'drawbridge.dev/ignore': '/spec/replicas, /spec/paused' }
    const annotated = { ...deployment, metadata: { ...deployment.metadata, annotations } }
    const live = writtenBy('hpa', replicas)
    expect(yieldFields(annotated, [], live, [], 'drawbridge').yielded).toEqual(['/spec/replicas'])
  })
})
