import { describe, expect, it } from 'vitest'
import type { ChangeClass, Environment, Window } from '../../../src/domain/configuration.ts'
import type { Freeze, Lock } from '../../../src/domain/release.ts'
import { evaluateWindows, nextBoundary, nextChange } from '../../../src/features/windows/evaluate-windows.ts'
import { aWindow } from '../../builders.ts'

const everyDay = [0, 1, 2, 3, 4, 5, 6]

function anEnvironment(windows: Window[], name = 'prod'): Environment {
  return {
    name,
    waves: [[name]],
    isProtected: true,
    approvals: { fourEyes: true },
    windows,
  }
}

function aFreeze(freeze: Partial<Freeze> = {}): Freeze {
  return { environment: 'prod', application: '*', reason: 'payments are down', by: 'ada', at: 0, ...freeze }
}

function ask(
  windows: Window[],
  now: string,
  rest: { changeClass?: ChangeClass; freezes?: Freeze[]; locks?: Lock[] } = {},
) {
  const request = {
    environments: [anEnvironment(windows)],
    applications: ['checkout'],
    changeClass: rest.changeClass ?? 'change',
    freezes: rest.freezes ?? [],
    locks: rest.locks ?? [],
    requesters: ['ada'],
  }
  const { outcome, until } = evaluateWindows(request, Date.parse(now))
  return {
    outcome,
    until: until === undefined ? undefined : new Date(until).toISOString().slice(0, 16) + 'Z',
  }
}

// allow inside → pass until its end; outside → wait until its start. deny inside → wait until its end. Deny wins.
describe('one window at its boundaries', () => {
  const office = aWindow()
  const overnight = aWindow({ days: [5], from: '22:00', to: '02:00', zone: 'UTC' })
  const untilMidnight = aWindow({ days: [1], from: '20:00', to: '24:00', zone: 'UTC' })
  const holidays = aWindow({
    kind: 'deny',
    days: everyDay,
    from: '00:00',
    to: '24:00',
    startDate: '2026-12-24',
    endDate: '2027-01-01',
  })
  const leapDay = aWindow({
    days: everyDay,
    from: '00:00',
    to: '24:00',
    zone: 'UTC',
    startDate: '2028-02-29',
    endDate: '2028-02-29',
  })

  it.each`
    case                                 | window           | now                           | outcome   | until
    ${'just before the start'}           | ${office}        | ${'2026-11-23T07:59:59.999Z'} | ${'wait'} | ${'2026-11-23T08:00Z'}
    ${'at the start'}                    | ${office}        | ${'2026-11-23T08:00:00.000Z'} | ${'pass'} | ${'2026-11-23T15:00Z'}
    ${'after the start'}                 | ${office}        | ${'2026-11-23T08:00:00.001Z'} | ${'pass'} | ${'2026-11-23T15:00Z'}
    ${'just before the end'}             | ${office}        | ${'2026-11-23T14:59:59.999Z'} | ${'pass'} | ${'2026-11-23T15:00Z'}
    ${'at the end'}                      | ${office}        | ${'2026-11-23T15:00:00.000Z'} | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'over the weekend'}                | ${office}        | ${'2026-11-20T16:30Z'}        | ${'wait'} | ${'2026-11-23T08:00Z'}
    ${'before midnight'}                 | ${overnight}     | ${'2026-11-20T23:59:59.999Z'} | ${'pass'} | ${'2026-11-21T02:00Z'}
    ${'after midnight, next day'}        | ${overnight}     | ${'2026-11-21T00:00Z'}        | ${'pass'} | ${'2026-11-21T02:00Z'}
    ${'at the end after midnight'}       | ${overnight}     | ${'2026-11-21T02:00Z'}        | ${'wait'} | ${'2026-11-27T22:00Z'}
    ${'the night before its day'}        | ${overnight}     | ${'2026-11-20T01:00Z'}        | ${'wait'} | ${'2026-11-20T22:00Z'}
    ${'the last moment before 24:00'}    | ${untilMidnight} | ${'2026-11-23T23:59:59.999Z'} | ${'pass'} | ${'2026-11-24T00:00Z'}
    ${'at 24:00'}                        | ${untilMidnight} | ${'2026-11-24T00:00Z'}        | ${'wait'} | ${'2026-11-30T20:00Z'}
    ${'before a one-off deny'}           | ${holidays}      | ${'2026-12-23T22:59:59.999Z'} | ${'pass'} | ${'2026-12-23T23:00Z'}
    ${'at its first day'}                | ${holidays}      | ${'2026-12-23T23:00Z'}        | ${'wait'} | ${'2027-01-01T23:00Z'}
    ${'at its last moment'}              | ${holidays}      | ${'2027-01-01T22:59:59.999Z'} | ${'wait'} | ${'2027-01-01T23:00Z'}
    ${'after its last day'}              | ${holidays}      | ${'2027-01-01T23:00Z'}        | ${'pass'} | ${undefined}
    ${'a leap day, more than a year on'} | ${leapDay}       | ${'2026-11-20T16:30Z'}        | ${'wait'} | ${'2028-02-29T00:00Z'}
    ${'on the leap day'}                 | ${leapDay}       | ${'2028-02-29T12:00Z'}        | ${'pass'} | ${'2028-03-01T00:00Z'}
    ${'after the leap day, never again'} | ${leapDay}       | ${'2028-03-01T00:00Z'}        | ${'wait'} | ${undefined}
  `('$case → $outcome', ({ window, now, outcome, until }) => {
    expect(ask([window], now)).toEqual({ outcome, until })
  })
})

describe('daylight saving time', () => {
  // Berlin 2026: 29 March 02:00 → 03:00 (01:00Z), 25 October 03:00 → 02:00 (01:00Z).
  const night = aWindow({ days: everyDay, from: '02:30', to: '04:00' })
  const skipped = aWindow({ days: everyDay, from: '02:00', to: '03:00' })
  const twice = aWindow({ days: everyDay, from: '02:00', to: '02:30' })

  it.each`
    case                                            | window     | now                           | outcome   | until
    ${'a start in the gap opens after it'}          | ${night}   | ${'2026-03-29T00:59:59.999Z'} | ${'wait'} | ${'2026-03-29T01:00Z'}
    ${'open after the gap'}                         | ${night}   | ${'2026-03-29T01:00Z'}        | ${'pass'} | ${'2026-03-29T02:00Z'}
    ${'a window inside the gap opens the next day'} | ${skipped} | ${'2026-03-29T00:00Z'}        | ${'wait'} | ${'2026-03-30T00:00Z'}
    ${'the first of two'}                           | ${twice}   | ${'2026-10-25T00:00Z'}        | ${'pass'} | ${'2026-10-25T00:30Z'}
    ${'between both'}                               | ${twice}   | ${'2026-10-25T00:30Z'}        | ${'wait'} | ${'2026-10-25T01:00Z'}
    ${'the second of two'}                          | ${twice}   | ${'2026-10-25T01:00Z'}        | ${'pass'} | ${'2026-10-25T01:30Z'}
    ${'after both'}                                 | ${twice}   | ${'2026-10-25T01:30Z'}        | ${'wait'} | ${'2026-10-26T01:00Z'}
  `('$case', ({ window, now, outcome, until }) => {
    expect(ask([window], now)).toEqual({ outcome, until })
  })

  it('keeps office hours at nine on the wall on both sides of the change', () => {
    expect(ask([aWindow()], '2026-10-22T16:00Z').until).toBe('2026-10-26T08:00Z')
    expect(ask([aWindow()], '2026-03-26T16:00Z').until).toBe('2026-03-30T07:00Z')
  })
})

// allow | deny | frozen | class  → outcome
//  in   |  out | no     | any    → pass
//  in   |  in  | no     | any    → wait (deny wins)
//  out  |  out | no     | except → pass
//  any  |  any | yes    | revert → windows decide alone
describe('several rules at once', () => {
  const office = aWindow({ exceptClasses: ['revert'] })
  const denial = aWindow({
    kind: 'deny',
    name: 'sale',
    days: everyDay,
    from: '00:00',
    to: '24:00',
    startDate: '2026-11-23',
    endDate: '2026-11-24',
  })
  const monday = '2026-11-23T10:00Z'
  const saturday = '2026-11-21T10:00Z'

  it.each`
    case                                    | windows                                                                                                               | now         | changeClass    | freezes                                                                             | outcome   | until
    ${'no windows'}                         | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'pass'} | ${undefined}
    ${'deny wins over allow'}               | ${[office, denial]}                                                                                                   | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'wait'} | ${'2026-11-25T08:00Z'}
    ${'an excepted class passes'}           | ${[office]}                                                                                                           | ${saturday} | ${'revert'}    | ${[]}                                                                               | ${'pass'} | ${undefined}
    ${'other classes do not'}               | ${[office]}                                                                                                           | ${saturday} | ${'promotion'} | ${[]}                                                                               | ${'wait'} | ${'2026-11-23T08:00Z'}
    ${'excepted from allow, not from deny'} | ${[office, denial]}                                                                                                   | ${monday}   | ${'revert'}    | ${[]}                                                                               | ${'wait'} | ${'2026-11-24T23:00Z'}
    ${'one of two allow windows is enough'} | ${[office, aWindow({ days: [6], name: 'extra' })]}                                                                    | ${saturday} | ${'change'}    | ${[]}                                                                               | ${'pass'} | ${'2026-11-21T15:00Z'}
    ${'frozen without an end'}              | ${[office]}                                                                                                           | ${monday}   | ${'change'}    | ${[aFreeze()]}                                                                      | ${'wait'} | ${undefined}
    ${'frozen until noon'}                  | ${[office]}                                                                                                           | ${monday}   | ${'change'}    | ${[aFreeze({ until: Date.parse('2026-11-23T12:00Z') })]}                            | ${'wait'} | ${'2026-11-23T12:00Z'}
    ${'frozen until after hours'}           | ${[office]}                                                                                                           | ${monday}   | ${'change'}    | ${[aFreeze({ until: Date.parse('2026-11-23T20:00Z') })]}                            | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'a freeze that has ended'}            | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ until: Date.parse(monday) })]}                                         | ${'pass'} | ${undefined}
    ${'another application is frozen'}      | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ application: 'search' })]}                                             | ${'pass'} | ${undefined}
    ${'this application is frozen'}         | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ application: 'checkout' })]}                                           | ${'wait'} | ${undefined}
    ${'another environment is frozen'}      | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ environment: 'dev' })]}                                                | ${'pass'} | ${undefined}
    ${'every environment is frozen'}        | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ environment: '*' })]}                                                  | ${'wait'} | ${undefined}
    ${'a freeze with a moment left'}        | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ until: Date.parse(monday) + 60_000 })]}                                | ${'wait'} | ${'2026-11-23T10:01Z'}
    ${'two freezes, one without an end'}    | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[aFreeze({ until: Date.parse('2026-11-23T12:00Z') }), aFreeze()]}                 | ${'wait'} | ${undefined}
    ${'two freezes end one by one'}         | ${[]}                                                                                                                 | ${monday}   | ${'change'}    | ${[14, 12].map((hour) => aFreeze({ until: Date.parse(`2026-11-23T${hour}:00Z`) }))} | ${'wait'} | ${'2026-11-23T14:00Z'}
    ${'a rule more, not inside'}            | ${[aWindow(), aWindow({ rule: 'a', days: [2] })]}                                                                     | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'two rules, inside both'}             | ${[aWindow(), aWindow({ rule: 'a', days: [1] })]}                                                                     | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'pass'} | ${'2026-11-23T15:00Z'}
    ${'excepted from a deny'}               | ${[{ ...denial, exceptClasses: ['change'] }]}                                                                         | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'pass'} | ${undefined}
    ${'two windows, the sooner opens'}      | ${[aWindow({ days: [4] }), aWindow({ days: [2] })]}                                                                   | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'one opens, one never does again'}    | ${[aWindow({ endDate: '2026-01-01' }), aWindow({ days: [2] })]}                                                       | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'a revert passes a freeze'}           | ${[]}                                                                                                                 | ${monday}   | ${'revert'}    | ${[aFreeze()]}                                                                      | ${'pass'} | ${undefined}
    ${'an unknown zone is closed'}          | ${[aWindow({ zone: 'Europe/Atlantis' })]}                                                                             | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'wait'} | ${undefined}
    ${'an unknown zone of a deny, too'}     | ${[aWindow({ kind: 'deny', zone: 'Nowhere' })]}                                                                       | ${saturday} | ${'change'}    | ${[]}                                                                               | ${'wait'} | ${undefined}
    ${'two windows that hand over'}         | ${[aWindow({ days: everyDay, from: '00:00', to: '12:00' }), aWindow({ days: everyDay, from: '12:00', to: '24:00' })]} | ${monday}   | ${'change'}    | ${[]}                                                                               | ${'pass'} | ${undefined}
  `('$case → $outcome', ({ windows, now, changeClass, freezes, outcome, until }) => {
    expect(ask(windows, now, { changeClass, freezes })).toEqual({ outcome, until })
  })

  it('waits until all environments are open', () => {
    const environments = [
      anEnvironment([aWindow()], 'prod'),
      anEnvironment([aWindow({ days: [2], name: 'Tuesdays' })], 'edge'),
    ]
    const request = {
      environments,
      applications: [],
      changeClass: 'change' as const,
      freezes: [],
      locks: [],
      requesters: [],
    }
    expect(nextBoundary(request, Date.parse(monday))).toBe(Date.parse('2026-11-24T08:00Z'))
    expect(evaluateWindows(request, Date.parse(monday)).outcome).toBe('wait')
    expect(evaluateWindows(request, Date.parse('2026-11-24T08:00Z')).outcome).toBe('pass')
  })
})

it('says it as people do', () => {
  const say = (windows: Window[], now: string, changeClass: ChangeClass = 'change', freezes: Freeze[] = []) =>
    evaluateWindows(
      {
        environments: [anEnvironment(windows)],
        applications: ['checkout'],
        changeClass,
        freezes,
        locks: [],
        requesters: [],
      },
      Date.parse(now),
    ).reason
  const friday = '2026-11-20T16:30Z'
  expect([
    say([aWindow()], friday),
    say([aWindow({ zone: 'America/New_York', days: [6, 0] })], friday),
    say([aWindow()], '2026-11-23T10:00Z'),
    say([aWindow({ exceptClasses: ['revert'] })], friday, 'revert'),
    say([], friday, 'change', [aFreeze()]),
    say([], friday, 'change', [aFreeze({ application: 'checkout', until: Date.parse('2026-11-20T18:30Z') })]),
    say([aWindow({ zone: 'Europe/Atlantis' })], friday),
    say([], friday),
  ]).toMatchInlineSnapshot(`
    [
      "prod is closed (office hours, Mon–Thu 09:00–16:00 Europe/Berlin); opens Monday 23 November 09:00 CET",
      "prod is closed (office hours, Sat, Sun 09:00–16:00 America/New_York); opens Saturday 21 November 09:00 EST",
      "prod is open (office hours, Mon–Thu 09:00–16:00 Europe/Berlin)",
      "prod is closed (office hours, Mon–Thu 09:00–16:00 Europe/Berlin); a revert passes by rule",
      "prod is frozen by ada (payments are down); opens when the freeze is lifted",
      "checkout in prod is frozen by ada (payments are down); opens Friday 20 November 18:30 UTC",
      "prod is closed (office hours, Mon–Thu 09:00–16:00 Europe/Atlantis); "Europe/Atlantis" is not a known time zone, so it stays closed",
      "prod has no windows",
    ]
  `)
})

// hotfix where the environment | knows them | does not, or after its end
// window of the environment    | pass       | wait
// window of the organisation   | wait       | wait
// freeze                       | pass       | wait
// freeze of the organisation   | wait       | wait
// lock of another              | wait       | wait
describe('a hotfix', () => {
  const monday = '2026-11-23T10:00Z'
  const at = (time: string) => Date.parse(`2026-11-23T${time}Z`)
  const closed = aWindow({ days: [2] })
  const sale = aWindow({ kind: 'deny', days: everyDay, from: '00:00', to: '24:00' })
  const by = { id: 'bob', login: 'bob', isBot: false }
  const lock: Lock = { environment: 'prod', application: '*', reason: 'debugging', by, at: 0 }
  const hotfix = {}

  it.each`
    case                                 | given                                                                               | outcome   | until
    ${'passes a window'}                 | ${{ windows: [closed] }}                                                            | ${'pass'} | ${undefined}
    ${'passes a deny'}                   | ${{ windows: [sale] }}                                                              | ${'pass'} | ${undefined}
    ${'passes a freeze'}                 | ${{ freezes: [aFreeze()] }}                                                         | ${'pass'} | ${undefined}
    ${'not a window of a rule'}          | ${{ windows: [{ ...closed, rule: 'org' }] }}                                        | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'not a freeze of everybody'}       | ${{ freezes: [aFreeze({ ofOrganisation: true })] }}                                 | ${'wait'} | ${undefined}
    ${'not a lock'}                      | ${{ locks: [lock] }}                                                                | ${'wait'} | ${undefined}
    ${'not where nobody knows them'}     | ${{ windows: [closed], hotfix: undefined }}                                         | ${'wait'} | ${'2026-11-24T08:00Z'}
    ${'not a freeze there'}              | ${{ freezes: [aFreeze()], hotfix: undefined }}                                      | ${'wait'} | ${undefined}
    ${'for as long as it lasts'}         | ${{ freezes: [aFreeze()], classUntil: at('11:00') }}                                | ${'pass'} | ${'2026-11-23T11:00Z'}
    ${'and not from its end on'}         | ${{ freezes: [aFreeze()], classUntil: at('10:00') }}                                | ${'wait'} | ${undefined}
    ${'the end of which changes little'} | ${{ classUntil: at('11:00') }}                                                      | ${'pass'} | ${undefined}
    ${'is a change from its end on'}     | ${{ windows: [{ ...closed, exceptClasses: ['change'] }], classUntil: at('10:00') }} | ${'pass'} | ${undefined}
    ${'or is over, in an open window'}   | ${{ windows: [aWindow()], classUntil: at('10:00') }}                                | ${'pass'} | ${'2026-11-23T15:00Z'}
    ${'no other class passes'}           | ${{ freezes: [aFreeze()], changeClass: 'promotion' }}                               | ${'wait'} | ${undefined}
    ${'a revert that ends as one'}       | ${{ freezes: [aFreeze()], changeClass: 'revert', classUntil: at('10:00') }}         | ${'wait'} | ${undefined}
  `('$case → $outcome', ({ given, outcome, until }) => {
    const { windows = [], ...rest } = { hotfix, ...given }
    const environment = { ...anEnvironment(windows), hotfix: rest.hotfix }
    const request = {
      environments: [environment],
      applications: ['checkout'],
      changeClass: 'hotfix' as const,
      freezes: [],
      locks: [],
      requesters: ['ada'],
      ...rest,
    }
    const verdict = evaluateWindows(request, Date.parse(monday))
    expect([verdict.outcome, verdict.until]).toEqual([outcome, until && Date.parse(until)])
  })

  it('says what it passes', () => {
    const environment = { ...anEnvironment([closed]), hotfix }
    const request = {
      environments: [environment],
      applications: [],
      changeClass: 'hotfix' as const,
      classUntil: at('11:00'),
      freezes: [aFreeze()],
      locks: [],
      requesters: [],
    }
    expect(evaluateWindows(request, Date.parse(monday))).toMatchSnapshot()
  })
})

// The opening is looked for over a hundred changes, but a reason that lasts is passed over at once.
describe('reasons that follow each other', () => {
  const half = (from: string, to: string, endDate: string) =>
    aWindow({ kind: 'deny', zone: 'UTC', days: everyDay, from, to, endDate })
  const halves = (endDate: string) => [half('00:00', '12:00', endDate), half('12:00', '24:00', endDate)]
  const freeze = aFreeze({ until: Date.parse('2027-03-10T00:00Z') })

  it.each`
    case                  | endDate         | now                    | freezes     | until
    ${'a hundred'}        | ${'2027-01-11'} | ${'2026-11-23T10:00Z'} | ${[]}       | ${'2027-01-12T00:00Z'}
    ${'one more'}         | ${'2027-01-12'} | ${'2026-11-23T13:00Z'} | ${[]}       | ${undefined}
    ${'under a long one'} | ${'2027-03-09'} | ${'2026-11-23T10:00Z'} | ${[freeze]} | ${'2027-03-10T00:00Z'}
  `('$case → $until', ({ endDate, now, freezes, until }) => {
    expect(ask(halves(endDate), now, { freezes })).toEqual({ outcome: 'wait', until })
  })
})

describe('everything it says', () => {
  const monday = '2026-11-23T10:00Z'
  const at = (time: string) => Date.parse(`2026-11-23T${time}Z`)
  const over = aWindow({ name: 'trial', endDate: '2026-01-01' })
  const sale = aWindow({ kind: 'deny', name: 'sale', days: everyDay, from: '00:00', to: '24:00' })
  const aLock = (lock: Partial<Lock> = {}): Lock => {
    const by = { id: 'bob', login: 'bob', isBot: false }
    return { environment: 'prod', application: '*', reason: 'debugging', by, at: 0, ...lock }
  }

  it.each<[string, { windows?: Window[][]; changeClass?: ChangeClass; freezes?: Freeze[]; locks?: Lock[] }]>([
    ['no environment', { windows: [] }],
    ['no windows', { windows: [[], []] }],
    ['open for a while', { windows: [[aWindow(), aWindow({ name: 'Mondays', days: [1] })]] }],
    ['outside a deny', { windows: [[aWindow({ kind: 'deny', days: [0] })]] }],
    [
      'outside an allow, inside another of the rule',
      { windows: [[aWindow({ days: [2] }), aWindow({ days: [1] })]] },
    ],
    ['closed', { windows: [[aWindow({ days: [2] }), aWindow({ days: [3] })]] }],
    ['closed twice', { windows: [[aWindow({ days: [2] })], [aWindow({ days: [3] })]] }],
    ['never again', { windows: [[over]] }],
    ['an unknown zone, in the second environment', { windows: [[over], [aWindow({ zone: 'Nowhere' })]] }],
    [
      'an unknown zone, told in another',
      { windows: [[aWindow({ zone: 'Nowhere' }), aWindow({ days: [2] })]] },
    ],
    [
      'an unknown zone, and frozen',
      { windows: [[sale, aWindow({ zone: 'Nowhere' })]], freezes: [aFreeze()] },
    ],
    ['frozen', { freezes: [aFreeze()] }],
    [
      'frozen for a while, in the zone of its windows',
      { windows: [[aWindow()]], freezes: [aFreeze({ until: at('12:00') })] },
    ],
    ['closed, then frozen', { windows: [[over], [over]], freezes: [aFreeze({ environment: 'edge-1' })] }],
    ['frozen by a rule', { freezes: [aFreeze({ rule: 'team.yaml', application: 'checkout' })] }],
    ['frozen by its error budget', { freezes: [aFreeze({ slo: 'latency', application: 'checkout' })] }],
    ['locked', { locks: [aLock()] }],
    [
      'locked and frozen for one application',
      { locks: [aLock({ application: 'checkout' })], freezes: [aFreeze({ application: 'checkout' })] },
    ],
    [
      'a revert, frozen, locked and closed',
      {
        windows: [[sale, aWindow({ ...over, exceptClasses: ['revert'] })].slice(1)],
        changeClass: 'revert',
        locks: [aLock()],
        freezes: [aFreeze()],
      },
    ],
    [
      'a promotion that is excepted',
      {
        windows: [[aWindow({ days: [2], exceptClasses: ['promotion'] })], [aWindow()]],
        changeClass: 'promotion',
      },
    ],
    [
      'a promotion where a change may, too',
      {
        windows: [[aWindow({ days: [2], exceptClasses: ['promotion', 'change'] })]],
        changeClass: 'promotion',
      },
    ],
    ['a change that is excepted from a deny', { windows: [[{ ...sale, exceptClasses: ['change'] }]] }],
    [
      'a promotion where everybody may',
      { windows: [[aWindow({ exceptClasses: ['promotion'] })]], changeClass: 'promotion' },
    ],
  ])('%s', (_, { windows = [[]], changeClass = 'change', freezes = [], locks = [] }) => {
    const environments = windows.map((each, index) =>
      anEnvironment(each, index === 0 ? 'prod' : `edge-${index}`),
    )
    const request = {
      environments,
      applications: ['checkout'],
      changeClass,
      freezes,
      locks,
      requesters: ['ada'],
    }
    const verdict = evaluateWindows(request, Date.parse(monday))
    const until = verdict.until === undefined ? {} : { until: new Date(verdict.until) }
    expect({ ...verdict, ...until }).toMatchSnapshot()
  })
})

// Every part that is given must fit the day: days, weeks, monthDays, months, dates, startDate, endDate.
describe('recurrences', () => {
  const utc = (window: Partial<Window>) => aWindow({ zone: 'UTC', days: everyDay, ...window })
  it.each`
    case                                  | window                                                                 | now                    | outcome   | until
    ${'the second Tuesday'}               | ${{ days: [2], weeks: [2] }}                                           | ${'2026-11-10T10:00Z'} | ${'pass'} | ${'2026-11-10T16:00Z'}
    ${'the first Tuesday is not'}         | ${{ days: [2], weeks: [2] }}                                           | ${'2026-11-03T10:00Z'} | ${'wait'} | ${'2026-11-10T09:00Z'}
    ${'the last Friday'}                  | ${{ days: [5], weeks: [-1] }}                                          | ${'2026-11-27T10:00Z'} | ${'pass'} | ${'2026-11-27T16:00Z'}
    ${'the last but one is not'}          | ${{ days: [5], weeks: [-1] }}                                          | ${'2026-11-20T10:00Z'} | ${'wait'} | ${'2026-11-27T09:00Z'}
    ${'a fifth Saturday is rare'}         | ${{ days: [6], weeks: [5] }}                                           | ${'2026-11-01T00:00Z'} | ${'wait'} | ${'2027-01-30T09:00Z'}
    ${'the last day of the month'}        | ${{ monthDays: [-1] }}                                                 | ${'2027-02-01T00:00Z'} | ${'wait'} | ${'2027-02-28T09:00Z'}
    ${'the 31st skips short months'}      | ${{ monthDays: [31] }}                                                 | ${'2027-02-01T00:00Z'} | ${'wait'} | ${'2027-03-31T09:00Z'}
    ${'29 February'}                      | ${{ months: [2], monthDays: [29] }}                                    | ${'2024-03-01T00:00Z'} | ${'wait'} | ${'2028-02-29T09:00Z'}
    ${'29 February over a century'}       | ${{ months: [2], monthDays: [29] }}                                    | ${'2096-03-01T00:00Z'} | ${'wait'} | ${'2104-02-29T09:00Z'}
    ${'30 February never comes'}          | ${{ months: [2], monthDays: [30] }}                                    | ${'2026-11-01T00:00Z'} | ${'wait'} | ${undefined}
    ${'a month'}                          | ${{ months: [12], from: '00:00', to: '24:00' }}                        | ${'2026-11-20T10:00Z'} | ${'wait'} | ${'2026-12-01T00:00Z'}
    ${'all of the month, to its end'}     | ${{ months: [12], from: '00:00', to: '24:00' }}                        | ${'2026-12-20T10:00Z'} | ${'pass'} | ${'2027-01-01T00:00Z'}
    ${'single days'}                      | ${{ dates: ['2026-12-24', '2031-05-01'] }}                             | ${'2026-12-24T16:00Z'} | ${'wait'} | ${'2031-05-01T09:00Z'}
    ${'the last of them is over'}         | ${{ dates: ['2026-12-24'] }}                                           | ${'2026-12-24T16:00Z'} | ${'wait'} | ${undefined}
    ${'two days that touch'}              | ${{ dates: ['2026-12-24', '2026-12-25'], from: '00:00', to: '24:00' }} | ${'2026-12-24T12:00Z'} | ${'pass'} | ${'2026-12-26T00:00Z'}
    ${'over midnight after a single day'} | ${{ dates: ['2026-12-31'], from: '22:00', to: '02:00' }}               | ${'2027-01-01T01:00Z'} | ${'pass'} | ${'2027-01-01T02:00Z'}
    ${'no day at all'}                    | ${{ dates: [] }}                                                       | ${'2026-12-24T16:00Z'} | ${'wait'} | ${undefined}
  `('$case', ({ window, now, outcome, until }) => {
    expect(ask([utc(window)], now)).toEqual({ outcome, until })
  })

  it('are told in words', () => {
    const tell = (window: Partial<Window>) =>
      evaluateWindows(
        {
          environments: [anEnvironment([utc(window)])],
          applications: [],
          changeClass: 'change',
          freezes: [],
          locks: [],
          requesters: [],
        },
        Date.parse('2026-11-20T20:00Z'),
      ).reason
    expect([
      tell({ days: [2], weeks: [2, -1] }),
      tell({ monthDays: [1, -1] }),
      tell({ months: [6, 12], from: '00:00', to: '24:00' }),
      tell({ dates: ['2026-12-24'] }),
      tell({ dates: ['2026-12-24', '2026-12-25'] }),
    ]).toMatchInlineSnapshot(`
      [
        "prod is closed (office hours, Tue (second and last of the month) 09:00–16:00 UTC); opens Tuesday 24 November 09:00 UTC",
        "prod is closed (office hours, day 1 and last day of the month 09:00–16:00 UTC); opens Monday 30 November 09:00 UTC",
        "prod is closed (office hours, in Jun, Dec all day UTC); opens Tuesday 1 December 00:00 UTC",
        "prod is closed (office hours, on 2026-12-24 09:00–16:00 UTC); opens Thursday 24 December 09:00 UTC",
        "prod is closed (office hours, on 2 days of its calendar 09:00–16:00 UTC); opens Thursday 24 December 09:00 UTC",
      ]
    `)
  })
})

// owner of the lock | class   | in force | → outcome
// another           | change  | yes      | wait, names who and how to lift it
// another           | revert  | yes      | pass
// the requester     | any     | yes      | pass
// another           | any     | over     | pass
describe('locks', () => {
  const aLock = (lock: Partial<Lock> = {}): Lock => ({
    environment: 'prod',
    application: '*',
    reason: 'debugging',
    by: { id: 'bob', login: 'bob', isBot: false },
    at: 0,
    ...lock,
  })
  const by = { id: 'ada', login: 'ada', isBot: false }
  const until = Date.parse('2026-11-23T12:00Z')
  it.each`
    case                        | lock                                | changeClass    | outcome   | until
    ${'of another'}             | ${aLock()}                          | ${'change'}    | ${'wait'} | ${undefined}
    ${'of another, to an end'}  | ${aLock({ until })}                 | ${'promotion'} | ${'wait'} | ${'2026-11-23T12:00Z'}
    ${'for a revert'}           | ${aLock()}                          | ${'revert'}    | ${'pass'} | ${undefined}
    ${'of their own'}           | ${aLock({ by })}                    | ${'change'}    | ${'pass'} | ${undefined}
    ${'that is over'}           | ${aLock({ until: until - 1e9 })}    | ${'change'}    | ${'pass'} | ${undefined}
    ${'of another application'} | ${aLock({ application: 'search' })} | ${'change'}    | ${'pass'} | ${undefined}
  `('$case → $outcome', ({ lock, changeClass, outcome, until: end }) => {
    expect(ask([], '2026-11-23T10:00Z', { changeClass, locks: [lock] })).toEqual({ outcome, until: end })
  })

  it('names the owner, and the way out', () => {
    const request = {
      environments: [anEnvironment([])],
      applications: ['checkout'],
      changeClass: 'change' as const,
      freezes: [],
      locks: [aLock({ application: 'checkout' })],
      requesters: ['ada'],
    }
    const { reason, fix } = evaluateWindows(request, Date.parse('2026-11-23T10:00Z'))
    expect(reason).toBe('checkout in prod is locked by bob (debugging); opens when the lock is lifted')
    expect(fix).toBe('somebody with the right lifts it with /unlock prod checkout')
  })
})

it('reads differently when a window that a revert passes by rule closes', () => {
  const request = {
    environments: [anEnvironment([aWindow()])],
    applications: ['checkout'],
    changeClass: 'revert' as const,
    freezes: [aFreeze()],
    locks: [],
    requesters: [],
  }
  expect(nextChange(request, Date.parse('2026-11-23T10:00Z'))).toBe(Date.parse('2026-11-23T15:00Z'))
})

it('reads differently when one reason of several ends, though it stays closed', () => {
  const noon = Date.parse('2026-11-23T12:00Z')
  const request = {
    environments: [anEnvironment([])],
    applications: ['checkout'],
    changeClass: 'change' as const,
    freezes: [aFreeze(), aFreeze({ until: noon })],
    locks: [],
    requesters: [],
  }
  const morning = Date.parse('2026-11-23T10:00Z')
  expect(nextBoundary(request, morning)).toBeUndefined()
  expect(nextChange(request, morning)).toBe(noon)
})
