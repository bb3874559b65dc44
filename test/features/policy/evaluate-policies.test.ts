import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { evaluatePolicies } from '../../../src/features/policy/evaluate-policies.ts'
import { evaluatePolicyGate } from '../../../src/features/policy/evaluate-policy-gate.ts'
import { PolicyTimeout } from '../../../src/features/policy/limit.ts'
import { parsePolicy } from '../../../src/features/policy/parse-policy.ts'

const target = { application: 'checkout', environment: 'prod', cluster: 'prod-eu' }
const none = { severities: {}, folders: [] }

function aPolicy(
  fields: { name?: string; expression?: string; extra?: string; annotations?: string } = {},
): string {
  const {
    name = 'two-replicas',
    expression = 'object.spec.replicas >= 2',
    extra = '',
    annotations = '',
  } = fields
  return `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: ${name}
  annotations: { drawbridge.dev/fix: more replicas${annotations} }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
${extra}
  validations:
    - expression: ${JSON.stringify(expression)}
      message: too few replicas
      messageExpression: '"has " + string(object.spec.replicas)'
`
}

function aDeployment(replicas: number | string | undefined, name = 'checkout'): KubernetesObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas } }
}

function evaluate(
  text: string,
  after: KubernetesObject,
  before?: KubernetesObject,
  settings: Parameters<typeof evaluatePolicies>[1] = none,
) {
  const { policies, problems } = parsePolicy(text, 'policies/p.yaml')
  expect(problems).toEqual([])
  return evaluatePolicies(policies, settings, [
    { target, path: 'apps/checkout.yaml', objects: [{ before, after }] },
  ])
}

/*
 * | base finding | head finding     | severity | gate  |
 * | none         | none             | any      | pass  |
 * | none         | yes              | error    | block |
 * | the same     | yes              | error    | pass  |
 * | another      | yes (worse)      | error    | block |
 * | none         | yes              | warning  | pass  |
 * | any          | not to be known  | any      | block |
 */
describe('the policy gate', () => {
  it.each`
    case                       | before       | after        | severity     | isOld      | outcome
    ${'nothing'}               | ${undefined} | ${2}         | ${'error'}   | ${[]}      | ${'pass'}
    ${'a new object'}          | ${undefined} | ${1}         | ${'error'}   | ${[false]} | ${'block'}
    ${'made worse'}            | ${2}         | ${1}         | ${'error'}   | ${[false]} | ${'block'}
    ${'as it was'}             | ${1}         | ${1}         | ${'error'}   | ${[true]}  | ${'pass'}
    ${'worse than it was'}     | ${1}         | ${0}         | ${'error'}   | ${[false]} | ${'block'}
    ${'a warning'}             | ${undefined} | ${1}         | ${'warning'} | ${[false]} | ${'pass'}
    ${'a notice'}              | ${undefined} | ${1}         | ${'notice'}  | ${[false]} | ${'pass'}
    ${'off'}                   | ${undefined} | ${1}         | ${'off'}     | ${[]}      | ${'pass'}
    ${'a missing field'}       | ${undefined} | ${undefined} | ${'warning'} | ${[]}      | ${'block'}
    ${'a value of other type'} | ${2}         | ${'two'}     | ${'notice'}  | ${[]}      | ${'block'}
  `('$case → $outcome', ({ before, after, severity, isOld, outcome }) => {
    const old = before === undefined ? undefined : aDeployment(before)
    const { findings, problems } = evaluate(aPolicy(), aDeployment(after), old, {
      severities: { 'two-replicas': severity },
      folders: [],
    })
    expect(findings.map((finding) => finding.isOld)).toEqual(isOld)
    expect(evaluatePolicyGate(findings, problems).outcome).toBe(outcome)
  })

  it('names expression, object and target of what cannot be evaluated, once for all objects', () => {
    const { policies } = parsePolicy(aPolicy(), 'policies/p.yaml')
    const objects = ['b', 'a'].map((name) => ({ after: aDeployment(undefined, name) }))
    const { problems } = evaluatePolicies(policies, none, [{ target, path: 'x', objects }])
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      [
        'POLICY_FAILED',
        'policy two-replicas: validation `object.spec.replicas >= 2` cannot be evaluated (No such key: replicas) on Deployment a (prod/prod-eu/checkout) and 1 more',
      ],
    ])
  })

  it('does not take a value for a truth', () => {
    const { problems } = evaluate(aPolicy({ expression: 'object.spec.replicas' }), aDeployment(2))
    expect(problems[0]?.message).toContain('answers neither true nor false')
  })

  it('closes on a policy that ran out of time, by name, and asks it no more', () => {
    const { policies } = parsePolicy(aPolicy(), 'policies/p.yaml')
    const slow = () => {
      throw new PolicyTimeout('took longer than 200 ms')
    }
    const { problems } = evaluatePolicies(policies, none, [{ target, path: 'x', objects: [] }], slow)
    expect(problems.map(({ code }) => code)).toEqual(['POLICY_TIMEOUT'])
    expect(problems[0]?.message).toContain('two-replicas')
    expect(evaluatePolicyGate([], problems).outcome).toBe('block')
  })

  it('says the same whatever the order of policies and objects', () => {
    const { policies } = parsePolicy(`${aPolicy()}---${aPolicy({ name: 'other' })}`, 'policies/p.yaml')
    const objects = ['a', 'b', 'c'].map((name) => ({ after: aDeployment(1, name) }))
    const forward = evaluatePolicies(policies, none, [{ target, path: 'x', objects }])
    const backward = evaluatePolicies(policies.toReversed(), none, [
      { target, path: 'x', objects: objects.toReversed() },
    ])
    expect(forward.findings).toHaveLength(6)
    expect(backward).toEqual(forward)
  })

  it('refuses names that are configured and not there, and names that are there twice', () => {
    const { policies } = parsePolicy(`${aPolicy()}---${aPolicy()}`, 'policies/p.yaml')
    const { problems } = evaluatePolicies(policies, { severities: { typo: 'off' }, folders: [] }, [])
    expect(problems.map(({ code }) => code)).toEqual(['POLICY_UNKNOWN', 'POLICY_DUPLICATE'])
  })

  it('asks only for what a policy is about', () => {
    const conditions = '  matchConditions: [{ name: named, expression: object.metadata.name == "other" }]'
    expect(evaluate(aPolicy({ extra: conditions }), aDeployment(1)).findings).toEqual([])
    const environments = aPolicy({ annotations: ', drawbridge.dev/environments: "st*ing, dev"' })
    expect(evaluate(environments, aDeployment(1)).findings).toEqual([])
    const stateful = { ...aDeployment(1), kind: 'StatefulSet' }
    expect(evaluate(aPolicy(), stateful).findings).toEqual([])
  })

  it('computes a variable only when it is asked for', () => {
    const variables =
      '  variables: [{ name: bad, expression: object.nope.nope }, { name: n, expression: object.spec.replicas }]'
    const lazy = aPolicy({ extra: variables, expression: 'variables.n == 2 || variables.bad' })
    expect(evaluate(lazy, aDeployment(2)).problems).toEqual([])
    expect(evaluate(lazy, aDeployment(1)).problems[0]?.message).toContain('No such key: nope')
  })
})

describe('parsePolicy', () => {
  it.each`
    case                     | text                                                            | line  | message
    ${'no YAML'}             | ${'a: [1,'}                                                     | ${1}  | ${'is not YAML'}
    ${'a duplicate key'}     | ${'kind: A\nkind: B'}                                           | ${2}  | ${'is not YAML: Map keys must be unique'}
    ${'another kind'}        | ${'apiVersion: v1\nkind: Pod'}                                  | ${2}  | ${'expected ValidatingAdmissionPolicy, found Pod'}
    ${'a list'}              | ${'- a'}                                                        | ${1}  | ${'is not a policy'}
    ${'a broken expression'} | ${aPolicy({ expression: 'object.' })}                           | ${13} | ${'spec.validations[0].expression: not a CEL expression'}
    ${'a severity'}          | ${aPolicy({ annotations: ', drawbridge.dev/severity: fatal' })} | ${6}  | ${'"fatal" is not error, warning or notice'}
    ${'a billion laughs'}    | ${'a: &a [1]\nb: [*a, *a]\nkind: ValidatingAdmissionPolicy'}    | ${1}  | ${'cannot be read'}
  `('$case', ({ text, line, message }) => {
    const { policies, problems } = parsePolicy(text, 'policies/p.yaml')
    expect(policies).toEqual([])
    expect(problems[0]?.message).toContain(message)
    expect(problems[0]?.line).toBe(line)
  })

  it('leaves bindings alone and reads every document of a file', () => {
    const binding = 'apiVersion: v1\nkind: ValidatingAdmissionPolicyBinding\n'
    const { policies, problems } = parsePolicy(
      `${binding}---${aPolicy()}---${aPolicy({ name: 'other' })}`,
      'p.yaml',
    )
    expect([policies.map(({ name }) => name), problems]).toEqual([['two-replicas', 'other'], []])
  })
})
