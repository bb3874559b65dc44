import * as fc from '../../properties.ts'
import { describe, expect, it } from 'vitest'
import { commandVerbs, type Role } from '../../../src/domain/configuration.ts'
import { evaluateRight } from '../../../src/features/commands/evaluate-right.ts'
import { type Person, rightsTable } from '../../../src/features/commands/rights-table.ts'
import { anActor } from '../../builders.ts'

function aRole(role: Partial<Role> = {}): Role {
  return {
    name: 'release managers',
    members: ['@shop/release'],
    may: ['promote', 'revert'],
    environments: ['*'],
    applications: ['*'],
    ...role,
  }
}

const ada: Person = { actor: anActor('ada'), permission: 'write', teams: ['@shop/release'] }

function row(roles: Role[], verb: (typeof commandVerbs)[number], person = ada) {
  return rightsTable(roles, person).find((each) => each.verb === verb)
}

describe('the table of rights', () => {
  it('has a row for every command', () => {
    expect(rightsTable([], ada).map(({ verb }) => verb)).toEqual([...commandVerbs])
  })

  it('says where, for what, and who else could', () => {
    const roles = [
      aRole(),
      aRole({ environments: ['dev', 'staging'], applications: ['pay*'] }),
      aRole({ members: ['@grace#7'], environments: ['prod'] }),
      aRole({ members: [], permission: 'admin' }),
    ]
    expect(row(roles, 'promote')).toEqual({
      verb: 'promote',
      may: ['everywhere', 'pay* in dev, staging'],
      whoCould: ['@grace (in prod)', 'everybody with admin permission (everywhere)'],
    })
    expect(row(roles, 'freeze')).toEqual({ verb: 'freeze', may: [], whoCould: [] })
    expect(row(roles, 'help')).toEqual({
      verb: 'help',
      may: ['everywhere'],
      whoCould: ['everybody with read permission'],
    })
    expect(row([aRole({ applications: ['pay*', 'search'] })], 'promote')?.may).toEqual([
      'pay*, search everywhere',
    ])
  })

  it.each<[string, Person]>([
    ['a bot', { ...ada, actor: { ...ada.actor, isBot: true } }],
    ['an outsider', { ...ada, permission: 'none' }],
  ])('%s may nothing', (_, person) => {
    expect(rightsTable([aRole()], person).flatMap(({ may }) => may)).toEqual([])
  })

  const names = fc.constantFrom('dev', 'prod', '*', 'p*')
  const role = fc.record({
    name: fc.constant('r'),
    members: fc.subarray(['@ada', '@ADA#id-ada', '@ada#other', '@shop/release', '@bob']),
    permission: fc.option(fc.constantFrom('read', 'write', 'admin'), { nil: undefined }),
    may: fc.subarray([...commandVerbs]),
    environments: fc.array(names, { minLength: 1, maxLength: 2 }),
    applications: fc.array(fc.constantFrom('*', 'pay*'), { minLength: 1, maxLength: 2 }),
  })

  it('agrees with what is decided when a command runs', () => {
    fc.assert(
      fc.property(fc.array(role, { maxLength: 4 }), fc.constantFrom(...commandVerbs), (roles, verb) => {
        const table = rightsTable(roles as Role[], ada).find((each) => each.verb === verb)
        const isAllowedSomewhere = ['dev', 'prod', 'other'].some((environment) =>
          ['payments', 'search'].some(
            (application) => evaluateRight(roles, { verb, environment, application, ...ada }).isAllowed,
          ),
        )
        expect((table?.may.length ?? 0) > 0).toBe(isAllowedSomewhere)
      }),
      { numRuns: 500 },
    )
  })
})

// written          | who asks                        | counts
// @ada             | ada, whatever the id            | yes
// @ada#id-ada      | ada of that id, also renamed    | yes
// @ada#id-ada      | somebody else called ada        | no
describe('people by id', () => {
  const grants = (member: string, actor: Person['actor']) =>
    evaluateRight([aRole({ members: [member] })], { verb: 'promote', actor, permission: 'write', teams: [] })
      .isAllowed
  it.each`
    member      | id      | login     | isAllowed
    ${'@ada'}   | ${'1'}  | ${'Ada'}  | ${true}
    ${'@ada#1'} | ${'1'}  | ${'ada'}  | ${true}
    ${'@ada#1'} | ${'1'}  | ${'ada2'} | ${true}
    ${'@ada#1'} | ${'2'}  | ${'ada'}  | ${false}
    ${'@ada#1'} | ${'11'} | ${'ada'}  | ${false}
  `('$member for $login of id $id: $isAllowed', ({ member, id, login, isAllowed }) => {
    expect(grants(member, { id, login, isBot: false })).toBe(isAllowed)
  })
})
