import { afterAll, describe, expect, it } from 'vitest'
import { createPolicyEvaluator } from '../../../src/adapters/policy/policy-worker.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'
import type { PolicyRequest } from '../../../src/ports/policy-evaluator.ts'

const clock = createEmulatedClock(0)
const evaluator = createPolicyEvaluator({
  shipped: { 'policies/small.yaml': aPolicy('small', 'object.spec.replicas < 5') },
  clock,
  timeoutMs: 150,
})
afterAll(() => evaluator.close())

function aPolicy(name: string, expression: string): string {
  return JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] },
        ],
      },
      validations: [{ expression, message: 'too many' }],
    },
  })
}

function aRequest(repositoryPolicies: Record<string, string> = {}): PolicyRequest {
  const after = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'checkout' },
    spec: { replicas: 9, list: Array.from({ length: 100 }, (_, index) => index) },
  }
  const target = { application: 'checkout', environment: 'dev', cluster: 'dev' }
  return {
    settings: { severities: {}, folders: [] },
    repositoryPolicies,
    targets: [{ target, path: 'apps/checkout.yaml', objects: [{ after }] }],
  }
}

describe('the policy worker', () => {
  it('evaluates shipped policies and those of the repository', async () => {
    const { findings, problems } = await evaluator.evaluate(
      aRequest({
        'policies/own.yaml': aPolicy('own', 'object.spec.replicas < 9'),
        'policies/bad.yaml': 'a: [',
      }),
    )
    expect(findings.map(({ policy, path, line }) => [policy, path, line])).toEqual([
      ['own', 'apps/checkout.yaml', 1],
      ['small', 'apps/checkout.yaml', 1],
    ])
    expect(problems.map(({ code, path }) => [code, path])).toEqual([['POLICY_INVALID', 'policies/bad.yaml']])
  })

  it.each`
    case                | expression
    ${'nested loops'}   | ${'object.spec.list.all(a, object.spec.list.all(b, object.spec.list.all(c, object.spec.list.all(d, a + b + c + d >= 0))))'}
    ${'a growing text'} | ${`object.spec.list.all(a, object.spec.list.all(b, object.spec.list.all(c, ${'"x" +'.repeat(50)} "y" != string(a))))`}
  `('ends $case within its limit, names the policy, and lets the others speak', async ({ expression }) => {
    const { findings, problems } = await evaluator.evaluate(
      aRequest({ 'policies/evil.yaml': aPolicy('evil', expression) }),
    )
    expect(problems.map(({ code }) => code)).toEqual(['POLICY_TIMEOUT'])
    expect(problems[0]?.message).toMatch(/^policy evil: took longer than 150 ms on Deployment checkout/)
    expect(findings.map(({ policy }) => policy)).toEqual(['small'])
  })

  it('survives a policy that eats all memory, and answers the next request', async () => {
    const doubled = Array.from({ length: 60 }, (_, index) => ({
      name: `v${index}`,
      expression:
        index === 0
          ? 'object.spec.list.map(x, string(x))'
          : `variables.v${index - 1} + variables.v${index - 1}`,
    }))
    const policy = JSON.parse(aPolicy('hungry', 'size(variables.v59) > 0'))
    policy.spec.variables = doubled
    const hungry = await evaluator.evaluate(aRequest({ 'policies/hungry.yaml': JSON.stringify(policy) }))
    expect(hungry.problems[0]?.code).toMatch(/POLICY_(TIMEOUT|FAILED)/)
    const next = await evaluator.evaluate(aRequest())
    expect(next.findings.map(({ policy }) => policy)).toEqual(['small'])
  })

  /** A clock that is always being moved ahead: everything is due at once. */
  const hasty = { now: () => 0, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }

  it('does not take a clock that was moved ahead for time the policies had', async () => {
    const ahead = createPolicyEvaluator({ shipped: { p: aPolicy('p', 'false') }, clock: hasty })
    const { findings, problems } = await ahead.evaluate(aRequest())
    expect([findings.length, problems]).toEqual([1, []])
    await ahead.close()
  })

  it('bounds the request as a whole', async () => {
    const shipped = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `${index}`,
        aPolicy(`p${index}`, 'object.spec.list.all(a, object.spec.list.exists(b, b == a))'),
      ]),
    )
    const brief = createPolicyEvaluator({ shipped, clock: hasty, requestTimeoutMs: 1 })
    const { problems } = await brief.evaluate(aRequest())
    expect(problems.map(({ code }) => code)).toEqual(['POLICY_TIMEOUT'])
    await brief.close()
  })
})
