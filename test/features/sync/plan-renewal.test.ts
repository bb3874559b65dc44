import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { planRenewal } from '../../../src/features/sync/plan-renewal.ts'

const served = new Set(['v1', 'shop.example/v1'])

function owned(...entries: object[]): KubernetesObject {
  const metadata = { name: 'ten', resourceVersion: '7', managedFields: entries }
  return { apiVersion: 'shop.example/v1', kind: 'Coupon', metadata }
}
const entry = (manager: string, version: string, field: string, more: object = {}) => ({
  manager,
  operation: 'Apply',
  apiVersion: `shop.example/${version}`,
  fieldsV1: { 'f:spec': { [`f:${field}`]: {} } },
  ...more,
})

describe('owners by an API version that is gone', () => {
  const renew = (...entries: object[]) => planRenewal(owned(...entries), served, 'shop.example/v1')

  it('are left alone where there are none', () => {
    expect(renew(entry('drawbridge', 'v1', 'percent'))).toBeUndefined()
  })

  it('own the same by the present one, and only of the object that was seen', () => {
    const status = { operation: 'Update', subresource: 'status' }
    expect(
      renew(entry('drawbridge', 'v1beta1', 'percent'), entry('robot', 'v1alpha1', 'code', status)),
    ).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [entry('drawbridge', 'v1', 'percent'), entry('robot', 'v1', 'code', status)],
      },
    ])
  })

  it('are one where they owned by both', () => {
    const operations = renew(entry('drawbridge', 'v1beta1', 'code'), entry('drawbridge', 'v1', 'percent'))
    expect(operations?.at(-1)).toMatchObject({
      value: [{ fieldsV1: { 'f:spec': { 'f:code': {}, 'f:percent': {} } } }],
    })
  })
})
