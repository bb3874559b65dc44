import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { Attestation } from '../../../src/domain/release.ts'
import { comparePlaces } from '../../../src/features/promotion/compare-places.ts'
import { findDivergence } from '../../../src/features/promotion/find-divergence.ts'
import { anAttestation } from '../../builders.ts'
import { anObject, aWorkload } from '../diff/diff-builders.ts'

interface Shape {
  tag?: string
  replicas?: number
  host?: string
  environment?: string
  password?: string
  flags?: Record<string, string>
  isSidecarThere?: boolean
}

const mask = { maskKey: 'k' }

/** What an environment renders: its own namespace, host and number of pods. */
function rendered(environment: string, shape: Shape = {}): KubernetesObject[] {
  const { tag = '1', replicas = environment === 'prod' ? 5 : 2, flags = {}, password = 'same' } = shape
  const place = { namespace: `shop-${environment}` }
  const host = shape.host ?? `checkout.${environment}.shop.example`
  return [
    aWorkload({ image: `shop/checkout:${tag}`, spec: { replicas }, metadata: place }),
    anObject('ConfigMap', { data: { flag: 'off', ...flags } }, place),
    anObject('Secret', { data: { password } }, place),
    anObject('Ingress', { spec: { rules: [{ host }] } }, place),
    ...(shape.isSidecarThere ? [anObject('Service', { spec: {} }, { ...place, name: 'sidecar' })] : []),
  ]
}

type Step = [name: string, shape?: Shape, kind?: Attestation['kind']]

/** Newest first. */
function history(environment: string, steps: Step[]) {
  return steps.map(([revision, shape, kind = 'change'], index) => ({
    attestation: anAttestation({
      target: { application: 'checkout', environment, cluster: environment },
      revision,
      kind,
      at: steps.length - index,
    }),
    objects: rendered(environment, shape),
  }))
}

/** As `object field: before → after (who)`. */
function told(source: Step[], target: Step[], promoted: Shape, merged?: Shape) {
  const since = { source: history('staging', source), target: history('prod', target) }
  const now = since.target[0]?.objects ?? []
  const found = findDivergence(
    {
      since,
      merged: merged ? rendered('prod', merged) : now,
      promoted: rendered('prod', promoted),
    },
    mask,
  )
  const line = ({ difference, by }: (typeof found.stays)[number]) =>
    `${difference.object.replace(/ .*\//, ' ')}${difference.field && ` ${difference.field}`}: ${difference.before ?? '–'} → ${difference.after ?? '–'} (${by.map(({ attestation }) => attestation.revision).join()})`
  return { stays: found.stays.map(line), overwritten: found.overwritten.map(line) }
}

const promotion: Step = ['promoted', { tag: '1' }, 'promotion']
const on = { flags: { flag: 'on' } }

// the field when last the same | source since | target since | after the promotion | said
// the same                     | –            | –            | the same            | no
// differs (by design)          | –            | –            | differs as then     | no
// the same                     | edited       | –            | differs             | yes, by the source's change
// the same                     | –            | edited       | differs             | yes, by the target's change
// differs                      | –            | edited       | differs otherwise   | yes, by the target's change
// anything                     | edited       | edited       | the same            | no
// the same                     | –            | edited       | taken back          | as overwritten
describe('how the target differs beyond a promotion', () => {
  it.each`
    case                                       | source                                                         | target                                                           | promoted                                  | stays                                                  | overwritten
    ${'nothing but what is meant'}             | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[promotion]}                                                   | ${{ tag: '2' }}                           | ${[]}                                                  | ${[]}
    ${'the source was edited, unpromoted'}     | ${[['s3', { tag: '2', ...on }], ['s2', { tag: '2' }], ['s1']]} | ${[promotion]}                                                   | ${{ tag: '2' }}                           | ${['ConfigMap checkout data.flag: on → off (s3)']}     | ${[]}
    ${'the edit came along, as a folder does'} | ${[['s3', { tag: '2', ...on }], ['s1']]}                       | ${[promotion]}                                                   | ${{ tag: '2', ...on }}                    | ${[]}                                                  | ${[]}
    ${'the target was edited'}                 | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[['p2', { ...on }], promotion]}                                | ${{ tag: '2', ...on }}                    | ${['ConfigMap checkout data.flag: off → on (p2)']}     | ${[]}
    ${'a difference by design was edited'}     | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[['p2', { replicas: 9 }], promotion]}                          | ${{ tag: '2', replicas: 9 }}              | ${['Deployment checkout spec.replicas: 2 → 9 (p2)']}   | ${[]}
    ${'of several edits the last is named'}    | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[['p3', { replicas: 9 }], ['p2', { replicas: 7 }], promotion]} | ${{ tag: '2', replicas: 9 }}              | ${['Deployment checkout spec.replicas: 2 → 9 (p3)']}   | ${[]}
    ${'an edit that was taken back'}           | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[['p3'], ['p2', { replicas: 7 }], promotion]}                  | ${{ tag: '2' }}                           | ${[]}                                                  | ${[]}
    ${'both were edited the same way'}         | ${[['s2', { tag: '2', ...on }], ['s1']]}                       | ${[['p2', { ...on }], promotion]}                                | ${{ tag: '2', ...on }}                    | ${[]}                                                  | ${[]}
    ${'both were edited, otherwise'}           | ${[['s2', { tag: '2', ...on }], ['s1']]}                       | ${[['p2', { flags: { flag: 'half' } }], promotion]}              | ${{ tag: '2', flags: { flag: 'half' } }}  | ${['ConfigMap checkout data.flag: on → half (s2,p2)']} | ${[]}
    ${'an object that only the source has'}    | ${[['s2', { tag: '2', isSidecarThere: true }], ['s1']]}        | ${[promotion]}                                                   | ${{ tag: '2' }}                           | ${['Service sidecar: there → – (s2)']}                 | ${[]}
    ${'an object that only the target has'}    | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[['p2', { isSidecarThere: true }], promotion]}                 | ${{ tag: '2', isSidecarThere: true }}     | ${['Service sidecar: – → there (p2)']}                 | ${[]}
    ${'a host with the name of the place'}     | ${[['s2', { tag: '2', host: 'pay.staging.example' }], ['s1']]} | ${[promotion]}                                                   | ${{ tag: '2', host: 'pay.prod.example' }} | ${[]}                                                  | ${[]}
    ${'a hotfix of the version is taken back'} | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[['p2', { tag: '1-fix' }], promotion]}                         | ${{ tag: '2' }}                           | ${[]}                                                  | ${['Deployment checkout spec.template.spec.containers[app].image: shop/checkout:1-fix → shop/checkout:2 (p2)']}
    ${'merged and not released yet'}           | ${[['s2', { tag: '2' }], ['s1']]}                              | ${[promotion]}                                                   | ${{ tag: '2', ...on }}                    | ${['ConfigMap checkout data.flag: off → on ()']}       | ${[]}
    ${'nothing is known of then'}              | ${[]}                                                          | ${[]}                                                            | ${{ tag: '2' }}                           | ${[]}                                                  | ${[]}
  `('$case', ({ source, target, promoted, stays, overwritten }) => {
    expect(told(source, target, promoted)).toEqual({ stays, overwritten })
  })

  it('takes no word for the name of a place where a namespace is left open', () => {
    const open = anObject('ConfigMap', { data: { flag: '' } }, { namespace: '' })
    const named = anObject('ConfigMap', { data: { flag: 'shop' } }, { namespace: 'shop' })
    const place = (environment: string, object: KubernetesObject) => ({
      application: 'checkout',
      environment,
      objects: [object],
    })
    expect(comparePlaces(place('staging', open), place('prod', named), mask)).toMatchObject([
      { field: 'data.flag' },
    ])
  })

  it('shows no secret, and says that it differs', () => {
    const { stays } = told([['s2', { password: 'aHVudGVyMg==' }], ['s1']], [promotion], {})
    expect(stays).toEqual([expect.stringMatching(/^Secret checkout data\.password: .* \(s2\)$/)])
    expect(stays.join()).not.toContain('aHVudGVyMg==')
  })
})
