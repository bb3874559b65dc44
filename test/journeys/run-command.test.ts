import { describe, expect, it } from 'vitest'
import { type CommandVerb, commandVerbs } from '../../src/domain/configuration.ts'
import type { Permission, Pull } from '../../src/domain/pull.ts'
import type { Actor } from '../../src/domain/refs.ts'
import { reviewPageKey } from '../../src/journeys/review/review-page-key.ts'
import { runCommand } from '../../src/journeys/commands/run-command.ts'
import { aCommandWorld, type CommandWorld } from './command-doubles.ts'

const open: CommandVerb[] = ['help', 'explain', 'status', 'diff', 'recheck']
const granted = commandVerbs.filter((verb) => !open.includes(verb))

const configuration = `version: 1
applications: [{ path: 'apps/{application}/{environment}' }]
environments:
  staging: {}
  prod: { promotion: { from: staging } }
roles:
  - { name: by team, members: ['@shop/release'], may: [${granted.join(', ')}] }
  - { name: by id, members: ['@ken#7'], may: [${granted.join(', ')}] }
  - { name: by permission, permission: maintain, may: [${granted.join(', ')}] }
`

const written: Record<CommandVerb, string> = {
  recheck: '/recheck',
  diff: '/diff',
  approve: '/approve prod',
  promote: '/promote prod checkout',
  revert: '/revert checkout prod',
  freeze: '/freeze prod something burns',
  unfreeze: '/unfreeze prod',
  lock: '/lock prod a migration',
  unlock: '/unlock prod',
  override: '/override window it cannot wait',
  hotfix: '/hotfix the checkout is down',
  'ack-delete': '/ack-delete checkout prod',
  pin: '/pin checkout prod',
  unpin: '/unpin checkout prod',
  hold: '/hold checkout prod',
  unhold: '/unhold checkout prod',
  pause: '/pause prod we look at the database',
  unpause: '/unpause prod',
  resume: '/resume prod it was agreed on',
  sync: '/sync checkout',
  explain: '/explain',
  status: '/status',
  help: '/help',
}

interface Kind {
  actor: Actor
  permission: Permission
  /** What comes of a command that everybody who can read may type, and of one that a role grants. */
  open: 'heard' | 'refused' | 'silent'
  granted: 'heard' | 'refused' | 'silent'
}

const person = (login: string, id = `id-${login}`): Actor => ({ id, login, isBot: false })

/*
 * | who                                       | open commands | commands that a role grants |
 * | ----------------------------------------- | ------------- | --------------------------- |
 * | nobody here                               | refused       | refused                     |
 * | reader, triager, writer without a role    | heard         | refused                     |
 * | maintainer, admin, member of a role       | heard         | heard                       |
 * | a bot                                     | silent        | silent                      |
 * | whoever has a former member's login       | heard         | refused                     |
 */
const kinds: Record<string, Kind> = {
  'an outsider': { actor: person('eve'), permission: 'none', open: 'refused', granted: 'refused' },
  'a reader': { actor: person('rita'), permission: 'read', open: 'heard', granted: 'refused' },
  'a triager': { actor: person('tom'), permission: 'triage', open: 'heard', granted: 'refused' },
  'a writer': { actor: person('will'), permission: 'write', open: 'heard', granted: 'refused' },
  'a maintainer': { actor: person('mia'), permission: 'maintain', open: 'heard', granted: 'heard' },
  'an admin': { actor: person('ann'), permission: 'admin', open: 'heard', granted: 'heard' },
  'a member of a team': { actor: person('radia'), permission: 'read', open: 'heard', granted: 'heard' },
  'a member of a team below it': {
    actor: person('nina'),
    permission: 'read',
    open: 'heard',
    granted: 'heard',
  },
  'a member by id, renamed': {
    actor: person('kenneth', '7'),
    permission: 'write',
    open: 'heard',
    granted: 'heard',
  },
  'a bot': {
    actor: { ...person('robot'), isBot: true },
    permission: 'admin',
    open: 'silent',
    granted: 'silent',
  },
  'the new owner of a login': {
    actor: person('ken', '8'),
    permission: 'write',
    open: 'heard',
    granted: 'refused',
  },
}

function aWorld(): CommandWorld {
  const world = aCommandWorld(configuration)
  for (const { actor, permission } of Object.values(kinds)) world.permissions.set(actor.login, permission)
  world.teams.set('@shop/release', [person('radia'), person('nina')])
  return world
}

/** What the person gets to see. */
async function type(world: CommandWorld, actor: Actor, text: string) {
  const before = world.said.size
  const { outcome } = await runCommand(world.ports, world.pull.ref, world.comment(actor, text))
  const reply = world.said.size > before ? [...world.said.values()].at(-1) : undefined
  return { outcome, reply }
}

function heardAs(outcome: string): Kind['open'] {
  if (outcome === 'refused' || outcome === 'turned-away') return 'refused'
  return outcome === 'ignored' ? 'silent' : 'heard'
}

describe.each(Object.entries(kinds))('%s', (_, kind) => {
  it.each(commandVerbs)('types /%s', async (verb) => {
    const world = aWorld()
    const { outcome, reply } = await type(world, kind.actor, written[verb])
    const expected = open.includes(verb) ? kind.open : kind.granted
    expect(heardAs(outcome)).toBe(expected)
    expect(reply !== undefined).toBe(expected !== 'silent')
    const controls = [...world.ledgers.values()].flatMap((ledger) => Object.values(ledger.controls).flat())
    // Only whoever was heard can have brought anything about.
    expect(expected === 'heard' || world.work.length + controls.length === 0).toBe(true)
  })
})

describe('a right', () => {
  const radia = person('radia')

  it('that was taken between comment and execution refuses', async () => {
    const world = aWorld()
    const id = world.comment(radia, '/freeze prod something burns')
    world.teams.set('@shop/release', [])
    expect(await runCommand(world.ports, world.pull.ref, id)).toMatchObject({ outcome: 'turned-away' })
    expect(world.ledgers.get('prod')?.controls.freezes).toEqual([])
  })

  it('that cannot be read is no right: nothing is written, and it is tried again', async () => {
    const world = aWorld()
    const id = world.comment(radia, '/freeze prod something burns')
    world.isGitHubWell = false
    await expect(runCommand(world.ports, world.pull.ref, id)).rejects.toThrow('503')
    expect([world.said.size, world.reactions, world.work, world.audit]).toEqual([0, [], [], []])
    world.isGitHubWell = true
    expect(await runCommand(world.ports, world.pull.ref, id)).toMatchObject({ outcome: 'obeyed' })
  })

  it('names who could, where there is somebody', async () => {
    const { reply } = await type(aWorld(), person('will'), '/freeze prod x')
    expect(reply).toContain('@shop/release')
  })

  it('is needed in every environment to stop the whole line', async () => {
    const world = aWorld()
    expect((await type(world, radia, '/freeze * all of it')).outcome).toBe('obeyed')
    expect([...world.ledgers.values()].map(({ controls }) => controls.freezes.length)).toEqual([1, 1])
  })
})

describe('a dry run of a freeze', () => {
  it.each(['/freeze * --dry-run', '/freeze prod --dry-run', '/freeze prod checkout --dry-run'])(
    '%s says what would wait, and freezes nothing',
    async (text) => {
      const world = aWorld()
      const page = { head: 'head', groups: [{ application: 'checkout', environment: 'prod' }] }
      const key = reviewPageKey(world.pull.ref)
      await world.ports.store.cache.put(key, Buffer.from(JSON.stringify(page)), 0)
      const { outcome, reply } = await type(world, person('mia'), text)
      expect(outcome).toBe('obeyed')
      expect(reply).toContain('pull request 12 would wait')
      expect(world.ledgers.get('prod')?.controls.freezes).toEqual([])
    },
  )
})

describe('a flood of commands', () => {
  it('of one person: twenty in ten minutes, then one word, then silence, then obeyed again', async () => {
    const world = aWorld()
    const outcomes: string[] = []
    for (let index = 0; index < 25; index++)
      outcomes.push((await type(world, person('mia'), '/help')).outcome)
    expect(outcomes.filter((outcome) => outcome === 'helped')).toHaveLength(20)
    expect(outcomes.slice(20)).toEqual(Array(5).fill('turned-away'))
    expect(world.said.size).toBe(21)
    expect(world.reactions).toHaveLength(20)
    expect([...world.said.values()].at(-1)).toContain('more than 20 commands by mia within ten minutes')
    expect((await type(world, person('will'), '/help')).outcome).toBe('helped')
    world.now += 600_001
    expect((await type(world, person('mia'), '/help')).outcome).toBe('helped')
  })

  it('of strangers: one refusal on the pull request in an hour, and no other write', async () => {
    const world = aWorld()
    for (let index = 0; index < 30; index++) await type(world, person(`stranger${index}`), '/promote prod')
    expect(world.said.size).toBe(1)
    expect(world.reactions).toEqual([])
    expect(world.audit.filter(({ what }) => what === 'refuse')).toHaveLength(30)
    expect((await type(world, person('mia'), '/help')).outcome).toBe('helped')
    world.now += 3_600_000
    await type(world, person('stranger0'), '/promote prod')
    expect(world.said.size).toBe(3)
  })
})

describe('what is not a command of a person', () => {
  it.each`
    case                        | body                                  | outcome
    ${'two in one comment'}     | ${'/freeze prod x\n\n/unfreeze prod'} | ${'misunderstood'}
    ${'two hundred'}            | ${'/help\n\n'.repeat(200)}            | ${'misunderstood'}
    ${'more than GitHub takes'} | ${`/help\n${'x'.repeat(70_000)}`}     | ${'no-command'}
    ${'in a quote'}             | ${'> /freeze prod x'}                 | ${'no-command'}
    ${'with a Cyrillic letter'} | ${'/рromote prod'}                    | ${'misunderstood'}
  `('$case: $outcome, and nothing is done', async ({ body, outcome }) => {
    const world = aWorld()
    expect((await type(world, person('mia'), body)).outcome).toBe(outcome)
    expect(world.work).toEqual([])
  })

  it('an edited comment is ignored', async () => {
    const world = aWorld()
    const id = world.comment(person('mia'), '/freeze prod x', true)
    expect(await runCommand(world.ports, world.pull.ref, id)).toEqual({ outcome: 'ignored', actions: 0 })
  })

  it('a comment that is gone is told to the audit, once', async () => {
    const world = aWorld()
    for (const expected of ['gone', 'answered-before']) {
      expect((await runCommand(world.ports, world.pull.ref, '404')).outcome).toBe(expected)
    }
    expect(world.audit).toMatchObject([{ what: 'refuse', reason: 'deleted before it was read' }])
    expect(world.said.size).toBe(0)
  })
})

/*
 * | state  | about the change that is to come | about what runs | about environments |
 * | ------ | -------------------------------- | --------------- | ------------------ |
 * | open   | yes                              | yes             | yes                |
 * | draft  | no approval, override or hotfix  | yes             | yes                |
 * | closed | no                               | no              | yes                |
 * | merged | no                               | yes             | yes                |
 */
describe('on a pull request', () => {
  const states: Record<string, Partial<Pull>> = {
    draft: { isDraft: true },
    closed: { state: 'closed' },
    merged: { state: 'merged', mergeSha: 'head' },
  }
  const refused: Record<string, CommandVerb[]> = {
    draft: ['approve', 'override', 'hotfix'],
    closed: [
      'approve',
      'override',
      'hotfix',
      'ack-delete',
      'explain',
      'promote',
      'revert',
      'sync',
      'recheck',
      'diff',
    ],
    merged: ['approve', 'override', 'hotfix', 'ack-delete', 'explain'],
  }

  it.each(Object.keys(states).flatMap((state) => commandVerbs.map((verb) => ({ state, verb }))))(
    'that is $state, /$verb has one clear answer',
    async ({ state, verb }) => {
      const world = aWorld()
      world.pull = { ...world.pull, ...states[state] }
      const { reply } = await type(world, person('ann'), written[verb])
      const isRefused = /this pull request is (a draft|closed|merged)/.test(reply ?? '')
      expect(isRefused).toBe(refused[state]?.includes(verb))
      expect(world.said.size).toBe(1)
    },
  )
})
