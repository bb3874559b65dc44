import { expect, it } from 'vitest'
import { toApplyResult } from '../../../src/adapters/kubernetes/to-apply-result.ts'

const head = 'failed to create typed patch object (shop/app; apps/v1, Kind=Deployment): '

it.each`
  words                                                                                          | reason
  ${'.spec.replica: field not declared in schema'}                                               | ${/^unknown field: spec.replica \(this API server is older/}
  ${'errors:\n  .spec.a: field not declared in schema\n  .spec.b: field not declared in schema'} | ${/^unknown field: spec.a .*; unknown field: spec.b /}
  ${'.spec.containers[name="app"].env: duplicate entries for key [name="A"]'}                    | ${/^spec.containers\[name="app"\].env: duplicate entries$/}
  ${'.data.password: expected string, got &value.valueUnstructured{Value:"hunter2"}'}            | ${'data.password: the value has the wrong type'}
  ${'.data.password: hunter2'}                                                                   | ${'the API server could not read the object'}
`(
  'an apply that cannot be read ($words) says: $reason',
  ({ words, reason }: { words: string; reason: RegExp | string }) => {
    const result = toApplyResult({ status: 500, body: { message: head + words } })
    expect(result).toMatchObject({ kind: 'invalid', reason: expect.stringMatching(reason) })
    expect(JSON.stringify(result)).not.toContain('hunter2')
  },
)

const conversion =
  'failed to convert new object (shop/app; apps/v1, Kind=Deployment) to proper version: unable to convert unstructured object to apps/v1, Kind=Deployment: '

it.each`
  words                                                                                            | reason
  ${'error decoding from json: illegal base64 data at input byte 13'}                              | ${'a value is no base64'}
  ${"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"} | ${'a quantity cannot be read'}
  ${'parsing time "hunter2" as "2006-01-02T15:04:05Z07:00": cannot parse "hunter2" as "2006"'}     | ${'a time cannot be read'}
  ${'json: cannot unmarshal object into Go value of type int32'}                                   | ${'a value is not of the kind that its field takes'}
  ${'cannot convert float64 to int64: hunter2'}                                                    | ${'a value is not of the kind that its field takes'}
`('an apply that cannot be converted ($words) says: $reason', ({ words, reason }) => {
  const result = toApplyResult({ status: 500, body: { message: conversion + words } })
  expect(result).toEqual({ kind: 'invalid', fields: [], immutable: [], reason })
})

it.each([
  [413, 'Request entity too large: limit is 3145728'],
  [500, 'etcdserver: request is too large'],
  [
    500,
    'rpc error: code = ResourceExhausted desc = trying to send message larger than max (2200384 vs. 2097152)',
  ],
])('an object that is too large is told so: %i %s', (status, message) => {
  const reason = expect.stringContaining('larger than the cluster stores')
  expect(toApplyResult({ status, body: { message } })).toMatchObject({ kind: 'invalid', reason })
})

it('a webhook that converts and is away is no fault of the object', () => {
  const message =
    'failed to convert new object (shop/app; shop.example/v1, Kind=Till) to proper version: conversion webhook for shop.example/v1, Kind=Till failed: Post "https://till": connection refused'
  expect(toApplyResult({ status: 500, body: { message } })).toBeUndefined()
})

it('a policy of the cluster denies, though the server says invalid', () => {
  const message = `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: not here`
  const result = toApplyResult({ status: 422, body: { message, details: { causes: [{ message }] } } })
  expect(result).toMatchObject({ kind: 'denied', reason: expect.stringContaining('not here') })
})
