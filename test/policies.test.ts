import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { KubernetesObject } from '../src/domain/kubernetes-object.ts'
import { evaluatePolicies } from '../src/features/policy/evaluate-policies.ts'
import { parsePolicy } from '../src/features/policy/parse-policy.ts'

interface Case {
  name: string
  environment?: string
  object: KubernetesObject
  oldObject?: KubernetesObject
  finding?: string
}

const folder = new URL('../policies/', import.meta.url)
const files = readdirSync(folder)
const names = files.filter((file) => !file.endsWith('.cases.yaml')).map((file) => file.replace(/\.yaml$/, ''))
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8')
const casesOf = (name: string): Case[] => parse(read(`${name}.cases.yaml`)).cases

describe('the shipped policies', () => {
  it('are there, each with its cases and nothing else beside them', () => {
    expect(names.length).toBeGreaterThanOrEqual(10)
    expect(files.toSorted()).toEqual(
      names.flatMap((name) => [`${name}.cases.yaml`, `${name}.yaml`]).toSorted(),
    )
  })

  it.each(names)('%s says what it is, how to fix it, and has cases for both answers', (name) => {
    const { policies, problems } = parsePolicy(read(`${name}.yaml`), `policies/${name}.yaml`)
    expect(problems).toEqual([])
    expect(policies.map((policy) => policy.name)).toEqual([name])
    expect(policies[0]?.title).not.toBe(name)
    expect(policies[0]?.fix).not.toBe('')
    expect(casesOf(name).some(({ finding }) => finding !== undefined)).toBe(true)
    expect(casesOf(name).some(({ finding }) => finding === undefined)).toBe(true)
  })

  const cases = names.flatMap((policy) => casesOf(policy).map((one) => ({ policy, ...one })))
  it.each(cases)('$policy: $name', ({ policy, environment = 'dev', object, oldObject, finding }) => {
    const { policies } = parsePolicy(read(`${policy}.yaml`), `policies/${policy}.yaml`)
    const target = { application: 'checkout', environment, cluster: environment }
    const result = evaluatePolicies(policies, { severities: {}, folders: [] }, [
      { target, path: 'apps/checkout.yaml', objects: [{ before: oldObject, after: object }] },
    ])
    expect(result.problems).toEqual([])
    expect(result.findings.map(({ message }) => message)).toEqual(finding === undefined ? [] : [finding])
  })
})
