import { describe, expect, it } from 'vitest'
import { fits, teamsOf } from '../../../src/features/approvals/needs.ts'
import { toApprovalRule } from '../../../src/features/config/to-approval-rule.ts'

// part         | fits where                     | absent
// applications | one glob fits                  | any application
// paths        | one pattern fits one file      | any file
// dangers      | one code is among the change's | any, or none
// several parts: all of them
describe('whether a need asks for a change', () => {
  const change = {
    application: 'checkout',
    paths: ['base/service.yaml', 'apps/checkout/kustomization.yaml'],
    dangers: ['image-latest', 'rbac-widened'],
  }
  it.each`
    when                                                                            | isFit
    ${{}}                                                                           | ${true}
    ${{ applications: [] }}                                                         | ${false}
    ${{ applications: ['search', 'check*'] }}                                       | ${true}
    ${{ applications: ['search', 'pay*'] }}                                         | ${false}
    ${{ paths: ['/charts/', '/base/'] }}                                            | ${true}
    ${{ paths: ['/charts/', '/docs/'] }}                                            | ${false}
    ${{ paths: ['/a//b'] }}                                                         | ${false}
    ${{ dangers: ['replicas-zero', 'rbac-widened'] }}                               | ${true}
    ${{ dangers: ['replicas-zero'] }}                                               | ${false}
    ${{ applications: ['checkout'], dangers: ['replicas-zero'] }}                   | ${false}
    ${{ applications: ['search'], dangers: ['rbac-widened'] }}                      | ${false}
    ${{ applications: ['checkout'], paths: ['/docs/'] }}                            | ${false}
    ${{ applications: ['checkout'], paths: ['/base/'], dangers: ['image-latest'] }} | ${true}
  `('$when → $isFit', ({ when, isFit }) => expect(fits(when, change)).toBe(isFit))
})

describe('the teams that a rule names', () => {
  it.each`
    rule                                                                                                    | teams
    ${{}}                                                                                                   | ${[]}
    ${{ count: 0 }}                                                                                         | ${[]}
    ${{ from: ['@ada', '@shop/payments'] }}                                                                 | ${['@shop/payments']}
    ${{ all: [{ from: 'owners' }, { any: [{ from: ['@shop/platform'] }, { from: ['@shop/security'] }] }] }} | ${['@shop/platform', '@shop/security']}
  `('$rule → $teams', ({ rule, teams }) => expect(teamsOf(toApprovalRule(rule))).toEqual(teams))
})
