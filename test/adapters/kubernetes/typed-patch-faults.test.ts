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

it('a policy of the cluster denies, though the server says invalid', () => {
  const message = `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: not here`
  const result = toApplyResult({ status: 422, body: { message, details: { causes: [{ message }] } } })
  expect(result).toMatchObject({ kind: 'denied', reason: expect.stringContaining('not here') })
})
