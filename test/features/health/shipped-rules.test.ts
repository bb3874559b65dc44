import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assessHealth } from '../../../src/features/health/assess-health.ts'
import { compileHealthRules, healthQuestions } from '../../../src/features/health/health-rule.ts'
import { shippedRules, shippedRuleTable } from '../../../src/features/health/shipped-rules.ts'

interface Case {
  spec?: object
  status?: object
  c?: Record<string, string | string[]>
  is: string
  because?: string
}

const text = readFileSync(new URL('shipped-rules.cases.yaml', import.meta.url), 'utf8')
const listed = (parse(text) as Record<string, Case[]>[]).flatMap((entry) =>
  Object.entries(entry).flatMap(([kind, cases]) => cases.map((one, index) => ({ kind, index, ...one }))),
)
const now = Date.parse('2026-11-20T16:30:00Z')

function toConditions(written: Case['c'] = {}) {
  return Object.entries(written).map(([type, said]) => {
    const [status, reason, message] = [said].flat()
    return { type, status, reason, message }
  })
}

describe('health of kinds of the field', () => {
  it.each(listed)('$kind #$index → $is', ({ kind, spec, status, c, is, because }) => {
    const [group, name] = kind.split('/')
    const health = assessHealth(
      {
        apiVersion: `${group}/v1`,
        kind: String(name),
        metadata: { name: 'x', namespace: 'shop', generation: 2 },
        ...(spec && { spec }),
        ...((status || c) && { status: { ...status, ...(c && { conditions: toConditions(c) }) } }),
      },
      now,
    )
    expect(health.status).toBe(is)
    expect(health.reason).toContain(because ?? '')
  })

  it('has no rule that does not compile', () => {
    const texts = shippedRuleTable.map(([group, kind, rule]) => ({ group, kind, ...rule }))
    expect(compileHealthRules(texts).faults).toEqual([])
  })

  it('has a case for every answer of every rule', () => {
    const answers = new Map<unknown, Set<string>>()
    for (const { kind, is } of listed) {
      const [group = '', name = ''] = kind.split('/')
      const rule = shippedRules().find(group, name)
      answers.set(rule, (answers.get(rule) ?? new Set()).add(is.toLowerCase()))
    }
    const missing = shippedRuleTable.flatMap(([group, kinds, rule]) => {
      const found = kinds.split(' ').map((kind) => answers.get(shippedRules().find(group, kind)))
      const seen = new Set(found.flatMap((set) => [...(set ?? [])]))
      return healthQuestions
        .filter((question) => rule[question] !== undefined && !seen.has(question))
        .map((question) => `${group} ${kinds}: ${question}`)
    })
    expect(missing).toEqual([])
  })
})
