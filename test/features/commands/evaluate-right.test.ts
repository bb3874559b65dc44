import { describe, expect, it } from 'vitest'
import { commandVerbs, type CommandVerb, type Role } from '../../../src/domain/configuration.ts'
import { evaluateRight, type RightRequest } from '../../../src/features/commands/evaluate-right.ts'
import { matchesGlob } from '../../../src/features/config/glob.ts'

function aRole(role: Partial<Role> = {}): Role {
  return {
    name: 'release managers',
    members: ['@shop/release'],
    may: ['promote', 'revert', 'freeze'],
    environments: ['*'],
    applications: ['*'],
    ...role,
  }
}

function ask(roles: Role[], request: Partial<RightRequest> & { login?: string }) {
  return evaluateRight(roles, {
    verb: 'promote',
    environment: 'prod',
    application: 'checkout',
    permission: 'write',
    teams: [],
    ...request,
    actor: request.actor ?? { id: '1', login: request.login ?? 'eve', isBot: false },
  })
}

// actor                          | read verbs | granted verbs | other verbs
// outsider (no permission)       | no         | no            | no
// reader                         | yes        | no            | no
// member by team or login        | yes        | yes           | no
// by permission                  | yes        | yes           | no
// bot, even a member             | no         | no            | no
describe('verbs by kind of actor', () => {
  const read: CommandVerb[] = ['help', 'explain', 'status', 'diff', 'recheck']
  const granted: CommandVerb[] = ['promote', 'revert', 'freeze']
  const roles = [aRole({ members: ['@shop/release', '@Ada'], permission: 'maintain' })]
  const kinds: [kind: string, request: Partial<RightRequest> & { login?: string }, may: CommandVerb[]][] = [
    ['an outsider', { permission: 'none' }, []],
    ['an outsider of the right name', { permission: 'none', login: 'ada' }, []],
    ['a reader', { permission: 'read' }, read],
    ['triage', { permission: 'triage' }, read],
    ['a writer', { permission: 'write' }, read],
    ['a maintainer', { permission: 'maintain' }, [...read, ...granted]],
    ['an administrator', { permission: 'admin' }, [...read, ...granted]],
    ['a member by team', { permission: 'read', teams: ['@shop/Release'] }, [...read, ...granted]],
    ['a member of another team', { teams: ['@shop/releases', '@other/release'] }, read],
    ['a member by login', { login: 'ada' }, [...read, ...granted]],
    [
      'a bot in the team',
      { actor: { id: '2', login: 'ci[bot]', isBot: true }, permission: 'admin', teams: ['@shop/release'] },
      [],
    ],
  ]

  it.each(
    kinds.flatMap(([kind, request, may]) =>
      commandVerbs.map((verb) => [kind, verb, may.includes(verb), request] as const),
    ),
  )('%s, /%s: %s', (_, verb, isAllowed, request) =>
    expect(ask(roles, { ...request, verb }).isAllowed).toBe(isAllowed),
  )

  it.each(commandVerbs.filter((verb) => !read.includes(verb)))('nothing grants /%s by default', (verb) => {
    expect(ask([], { verb, permission: 'admin' }).isAllowed).toBe(false)
  })
})

describe('where a role holds', () => {
  const dev = aRole({ environments: ['dev', 'preview-*'], applications: ['checkout*'] })
  it.each`
    environment    | application       | isAllowed
    ${'dev'}       | ${'checkout'}     | ${true}
    ${'preview-7'} | ${'checkout-api'} | ${true}
    ${'preview'}   | ${'checkout'}     | ${false}
    ${'prod'}      | ${'checkout'}     | ${false}
    ${'dev'}       | ${'search'}       | ${false}
    ${undefined}   | ${'checkout'}     | ${false}
    ${'dev'}       | ${undefined}      | ${false}
    ${'DEV'}       | ${'checkout'}     | ${false}
  `('$environment, $application: $isAllowed', ({ environment, application, isAllowed }) => {
    expect(ask([dev], { environment, application, teams: ['@shop/release'] }).isAllowed).toBe(isAllowed)
  })

  it('covers a command without names only where the role holds everywhere', () => {
    const nowhere = { environment: undefined, application: undefined, teams: ['@shop/release'] }
    expect(ask([aRole()], nowhere).isAllowed).toBe(true)
  })
})

it('says who could', () => {
  const roles = [
    aRole(),
    aRole({ name: 'leads', members: [], permission: 'maintain' }),
    aRole({ name: 'dev', members: ['@bob'], environments: ['dev'] }),
  ]
  expect(ask(roles, {})).toEqual({
    isAllowed: false,
    reason: '@eve may not promote checkout in prod: @shop/release, everybody with maintain permission can',
    whoCould: ['@shop/release', 'everybody with maintain permission'],
  })
  expect(ask(roles, { verb: 'sync' }).reason).toBe(
    '@eve may not sync checkout in prod: no role grants it to anybody',
  )
  expect(ask(roles, { teams: ['@shop/release'] }).reason).toBe('the role "release managers" grants it')
  expect(ask(roles, { verb: 'help', permission: 'none' })).toEqual({
    isAllowed: false,
    reason: '@eve may not help checkout in prod: no access to this repository was found',
    whoCould: ['everybody with read permission'],
  })
  expect(ask(roles, { verb: 'help' }).reason).toBe('/help is open to everybody who can read the repository')
  expect(ask([], { environment: undefined, application: undefined }).reason).toBe(
    '@eve may not promote: no role grants it to anybody',
  )
  expect(ask([], { actor: { id: '2', login: 'ci[bot]', isBot: true } }).reason).toBe(
    '@ci[bot] may not promote checkout in prod: commands of bots are not obeyed',
  )
  expect(ask([aRole({ members: ['@Ada#1', '@Ada#2', '@shop/leads'] })], {}).whoCould).toEqual([
    '@Ada',
    '@shop/leads',
  ])
})

describe('globs', () => {
  it.each`
    glob                     | name                 | isMatch
    ${'*'}                   | ${'anything'}        | ${true}
    ${'*'}                   | ${''}                | ${true}
    ${'a*'}                  | ${'abc'}             | ${true}
    ${'*c'}                  | ${'abc'}             | ${true}
    ${'a*c'}                 | ${'abcc'}            | ${true}
    ${'a*c'}                 | ${'abcd'}            | ${false}
    ${'a*b*c'}               | ${'a-b-b-c'}         | ${true}
    ${'a.c'}                 | ${'abc'}             | ${false}
    ${'[a]'}                 | ${'a'}               | ${false}
    ${'a?'}                  | ${'ab'}              | ${false}
    ${'+(a|aa)'}             | ${'a'}               | ${false}
    ${'*a'.repeat(34) + 'b'} | ${'a'.repeat(65000)} | ${false}
  `('$glob', ({ glob, name, isMatch }) => expect(matchesGlob(glob, name)).toBe(isMatch))
})
