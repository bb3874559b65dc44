import { describe, expect, it } from 'vitest'
import { freezesByRule, isFrozen } from '../../../src/features/windows/freezes-by-rule.ts'
import { aFreeze, aFreezeRule, noon } from '../../builders.ts'

const place = { environment: 'prod', application: 'checkout' }

describe('a place is frozen', () => {
  it.each`
    case                            | freezes                                             | rules                                          | answer
    ${'by nothing'}                 | ${[]}                                               | ${undefined}                                   | ${false}
    ${'by a command'}               | ${[aFreeze()]}                                      | ${[]}                                          | ${true}
    ${'by a command that is over'}  | ${[aFreeze({ until: noon })]}                       | ${[]}                                          | ${false}
    ${'by a command for another'}   | ${[aFreeze({ application: 'search' })]}             | ${[]}                                          | ${false}
    ${'by its error budget'}        | ${[aFreeze({ application: 'checkout', slo: 's' })]} | ${[]}                                          | ${true}
    ${'by a rule'}                  | ${[]}                                               | ${[aFreezeRule()]}                             | ${true}
    ${'by a rule, just not over'}   | ${[]}                                               | ${[aFreezeRule({ until: noon + 1 })]}          | ${true}
    ${'by a rule that is over'}     | ${[]}                                               | ${[aFreezeRule({ until: noon })]}              | ${false}
    ${'by a rule for elsewhere'}    | ${[]}                                               | ${[aFreezeRule({ environments: ['dev'] })]}    | ${false}
    ${'by a rule for its name'}     | ${[]}                                               | ${[aFreezeRule({ applications: ['check*'] })]} | ${true}
    ${'by a rule for another name'} | ${[]}                                               | ${[aFreezeRule({ applications: ['sea*'] })]}   | ${false}
  `('$case: $answer', ({ freezes, rules, answer }) => {
    expect(isFrozen({ freezes, rules }, place, noon)).toBe(answer)
  })

  it('holds for all where one of its globs is every application, and else for what any of them fits', () => {
    const names = (globs: string[]) =>
      freezesByRule([aFreezeRule({ applications: globs })], ['prod'], ['search', 'checkout', 'mail']).map(
        ({ application }) => application,
      )
    expect(names(['sea*', '*'])).toEqual(['*'])
    expect(names(['sea*', 'mail'])).toEqual(['search', 'mail'])
  })

  it('names only the applications that the rule fits', () => {
    const found = freezesByRule(
      [aFreezeRule({ applications: ['sea*'] })],
      ['prod', 'dev'],
      ['search', 'checkout'],
    )
    expect(found).toMatchObject([{ environment: 'prod', application: 'search', by: '.drawbridge.yaml' }])
  })
})
