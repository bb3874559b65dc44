import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../src/features/config/duration.ts'
import { nearestWord } from '../../../src/features/config/nearest-word.ts'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { parseDays } from '../../../src/features/config/parse-days.ts'
import { publishedSchema } from '../../../src/features/config/published-schema.ts'
import { selectorFault } from '../../../src/features/config/selector-fault.ts'

const path = '.drawbridge.yaml'
const files = new Map([
  ['broken.ics', 'nonsense'],
  ['secret.yaml', 'kind: Secret'],
  ['de.ics', 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n'],
])
const parse = (text: string | undefined) => parseConfiguration(text, path, (name) => files.get(name))
const said = (text: string) => parse(text).problems.map(({ line, message }) => `${line} ${message}`)

const shop = `version: 1
applications:
  - path: apps/{application}/overlays/{environment}
  - path: charts/{application}/
    namespace: shop
environments:
  dev: { clusters: [dev], protected: false }
  staging:
    promotion: { from: dev, soak: 20m, automatic: true, merge: rule }
  prod:
    waves: [[prod-eu], [prod-us, prod-ap]]
    promotion: { from: staging, soak: 1h30m }
    approvals: { from: ["@shop/release", "@ada"] }
    windows:
      - allow: office hours
        days: mon-thu
        from: "09:00"
        to: "16:00"
        zone: Europe/Berlin
        except: [revert]
      - deny: holidays
        startDate: 2026-12-24
        endDate: 2027-01-01
roles:
  - name: release managers
    members: ["@shop/release"]
    may: [promote, revert]
policies:
  severities: { image-tag-latest: error }
  folders: [policies/]
slos:
  - application: checkout
    environment: prod
    objective: 99.9
    bad: http_requests_total{app="checkout",code=~"5.."}
    total: http_requests_total{app="checkout"}
    onBreach: revert
`

it('reads a configuration with its defaults', () => {
  const { configuration, problems } = parse(shop)
  expect(problems).toEqual([])
  expect(configuration).toEqual({
    isConfigured: true,
    applications: [
      { path: 'apps/{application}/overlays/{environment}', valueFiles: [] },
      { path: 'charts/{application}', valueFiles: [], namespace: 'shop' },
    ],
    environments: [
      {
        name: 'dev',
        waves: [['dev']],
        isProtected: false,
        approvals: { fourEyes: true },
        windows: [],
      },
      {
        name: 'staging',
        waves: [['staging']],
        isProtected: true,
        promotion: {
          from: { environments: ['dev'], need: 1 },
          soakSeconds: 1200,
          isAutomatic: true,
          merge: 'rule',
        },
        approvals: { fourEyes: true },
        windows: [],
      },
      {
        name: 'prod',
        waves: [['prod-eu'], ['prod-us', 'prod-ap']],
        isProtected: true,
        promotion: {
          from: { environments: ['staging'], need: 1 },
          soakSeconds: 5400,
          isAutomatic: false,
          merge: 'people',
        },
        approvals: {
          fourEyes: true,
          need: { kind: 'people', from: ['@shop/release', '@ada'], count: 1, each: 1, when: {} },
        },
        windows: [
          {
            kind: 'allow',
            name: 'office hours',
            zone: 'Europe/Berlin',
            days: [1, 2, 3, 4],
            from: '09:00',
            to: '16:00',
            exceptClasses: ['revert'],
          },
          {
            kind: 'deny',
            name: 'holidays',
            zone: 'UTC',
            days: [0, 1, 2, 3, 4, 5, 6],
            from: '00:00',
            to: '24:00',
            startDate: '2026-12-24',
            endDate: '2027-01-01',
            exceptClasses: [],
          },
        ],
      },
    ],
    roles: [
      {
        name: 'release managers',
        members: ['@shop/release'],
        may: ['promote', 'revert'],
        environments: ['*'],
        applications: ['*'],
      },
    ],
    policies: { severities: { 'image-tag-latest': 'error' }, folders: ['policies'] },
    slos: [
      {
        name: 'checkout in prod',
        application: 'checkout',
        environment: 'prod',
        objective: 0.999,
        windowDays: 28,
        badEvents: 'http_requests_total{app="checkout",code=~"5.."}',
        totalEvents: 'http_requests_total{app="checkout"}',
        onBreach: 'revert',
      },
    ],
  })
})

it.each([undefined, '', '# nothing yet', '{}'])('%j has no environments and no problems', (text) => {
  const { configuration, problems } = parse(text)
  expect(problems).toEqual([])
  expect(configuration.environments).toEqual([])
  expect(configuration.isConfigured).toBe(text !== undefined)
})

it('tells every problem at once, each with its line, what was expected and the fix', () => {
  const text = `version: 2
enviroments: {}
environments:
  dev:
  prod:
    windows:
      - allow: office hours
        from: "25:00"
        zone: Europe/Berln
        days: mon-foo
    aprovals: {}
    promotion: { from: stagng, soak: 20 min }
    protected: yes
roles:
  - name: nobody
    may: [promot]
slos:
  - { application: a, environment: prd, objective: 0.999, bad: 'rate(x[5m])', total: 'x{' }
  - { application: a, environment: prod, objective: 90, bad: x }
`
  expect(said(text)).toMatchInlineSnapshot(`
    [
      "1 version: 2 is not a version known here; write version: 1",
      "2 enviroments is not a known key; did you mean environments?",
      "4 environments.dev: nothing is written after the key; give it a value ({} where the defaults are meant), or remove the key",
      "8 environments.prod.windows[0].from: "25:00" is not a time of day; use HH:MM",
      "9 environments.prod.windows[0].zone: "Europe/Berln" is not a known time zone; use an IANA name such as Europe/Berlin",
      "10 environments.prod.windows[0].days: "mon-foo" is not days of the week; write mon-thu or [sat, sun]",
      "11 environments.prod.aprovals is not a known key; did you mean approvals?",
      "12 environments.prod.promotion.soak: "20 min" is not a duration; write 20m, 1h30m or 2d",
      "12 environments.prod.promotion.from: there is no environment "stagng"; the environments are dev, prod",
      "13 environments.prod.protected: "yes" is not true or false; write true or false, without quotes",
      "15 roles[0]: nobody has this role; add members: ["@shop/release"], or permission: maintain",
      "16 roles[0].may[0]: "promot" is not one of recheck, diff, approve, promote, revert, freeze, unfreeze, lock, unlock, override, hotfix, ack-delete, pin, unpin, hold, unhold, pause, unpause, resume, sync, explain, status, help; did you mean promote?",
      "18 slos[0].environment: there is no environment "prd"; did you mean prod?",
      "18 slos[0].objective: 0.999 is a share, not a percentage; write 99.9",
      "18 slos[0].bad: the selector is a function call; the range and the rate are added here; write a counter such as http_requests_total{app="checkout",code=~"5.."}",
      "18 slos[0].total: the selector has a "{" that is never closed; write a counter such as http_requests_total{app="checkout",code=~"5.."}",
      "19 slos[1].objective: the alert at 13.44 times the error budget can never fire: that would be 134 % errors; promise at least 92.56 %",
      "19 slos[1]: "total" is missing; count all events, or name an indicator",
    ]
  `)
})

describe('single faults', () => {
  const prod = (rest: string) => `environments:\n  staging: {}\n  prod:\n    ${rest}\n`
  it.each`
    case                              | text                                                                                                               | message
    ${'not YAML'}                     | ${'a: [1'}                                                                                                         | ${/^\d not valid YAML: /}
    ${'a list'}                       | ${'- a'}                                                                                                           | ${/^1 the file: \["a"\] is not a configuration; /}
    ${'two documents'}                | ${'{}\n---\n{}'}                                                                                                   | ${/more than one YAML document/}
    ${'a key twice'}                  | ${'environments:\n  a: {}\n  a: {}'}                                                                               | ${'3 environments.a is written twice'}
    ${'a tag'}                        | ${'applications: !!js/function []'}                                                                                | ${/^1 not valid YAML: /}
    ${'merge keys'}                   | ${'environments:\n  a: &a {}\n  b:\n    <<: *a'}                                                                   | ${/^4 environments\.b\."<<" is not a known key; repeat the keys/}
    ${'a bad name'}                   | ${'environments:\n  a/b: {}'}                                                                                      | ${/^2 environments\."a\/b": this is not a name of an environment; /}
    ${'a ref that git refuses'}       | ${'environments:\n  a.lock: {}'}                                                                                   | ${/this is not a name of an environment/}
    ${'an unknown predecessor'}       | ${prod('promotion: { from: stagin }')}                                                                             | ${'4 environments.prod.promotion.from: there is no environment "stagin"; did you mean staging?'}
    ${'an unknown one of several'}    | ${prod('promotion: { from: { any: [staging, stagin] } }')}                                                         | ${'4 environments.prod.promotion.from: there is no environment "stagin"; did you mean staging?'}
    ${'one of several twice'}         | ${prod('promotion: { from: [staging, staging] }')}                                                                 | ${'4 environments.prod.promotion.from: "staging" is named twice; name it once'}
    ${'more than there are'}          | ${prod('promotion: { from: { atLeast: 2, of: [staging] } }')}                                                      | ${'4 environments.prod.promotion.from: 2 of 1 environments can never be through; write at most 1'}
    ${'none'}                         | ${prod('promotion: { from: [] }')}                                                                                 | ${'4 environments.prod.promotion.from: an empty list comes before nothing; name an environment'}
    ${'half of a choice'}             | ${prod('promotion: { from: { of: [staging] } }')}                                                                  | ${'4 environments.prod.promotion.from: {"of":["staging"]} is not an environment or several; write staging, [eu, us], { any: [eu, us] } or { atLeast: 2, of: [eu, us, asia] }'}
    ${'an unknown batch'}             | ${prod('promotion: { from: staging, batch: some }')}                                                               | ${'4 environments.prod.promotion.batch: "some" is not one of newest, every, quiet; write one of newest, every, quiet'}
    ${'an unknown demand of SLOs'}    | ${prod('promotion: { from: staging, slos: fine }')}                                                                | ${'4 environments.prod.promotion.slos: "fine" is not one of healthy, not-breached; write one of healthy, not-breached'}
    ${'checks of nothing'}            | ${prod('promotion: { from: staging, checks: [] }')}                                                                | ${'4 environments.prod.promotion.checks: an empty list waits for nothing; name a check, or remove the key'}
    ${'our own check'}                | ${prod('promotion: { from: staging, checks: [drawbridge/window] }')}                                               | ${'4 environments.prod.promotion.checks[0]: "drawbridge/window" is Drawbridge’s own check, of pull requests alone; name a check of the base branch'}
    ${'a check twice'}                | ${prod('promotion: { from: staging, checks: [e2e, { name: e2e, app: ci }] }')}                                     | ${'4 environments.prod.promotion.checks[1]: "e2e" is named twice; name it once'}
    ${'an app by its address'}        | ${prod('promotion: { from: staging, checks: [{ name: e2e, app: apps/ci }] }')}                                     | ${/^4 environments\.prod\.promotion\.checks\[0\]/}
    ${'health that nothing measures'} | ${prod('promotion: { from: staging, slos: healthy }')}                                                             | ${'4 environments.prod.promotion.slos: no SLO says how staging does, so nothing is asked there; add an SLO for it, or remove the key'}
    ${'turns that nobody takes'}      | ${prod('promotion: { from: staging, batch: every }')}                                                              | ${'4 environments.prod.promotion.batch: releases take turns only where promotion is automatic; write automatic: true'}
    ${'itself'}                       | ${prod('promotion: { from: prod }')}                                                                               | ${'4 environments.prod.promotion.from: an environment cannot come before itself; name another'}
    ${'clusters and waves'}           | ${prod('{ clusters: [a], waves: [[b]] }')}                                                                         | ${'4 environments.prod.waves: clusters and waves are both given; keep one of them'}
    ${'a shared cluster'}             | ${prod('clusters: [staging]')}                                                                                     | ${'4 environments.prod.clusters[0]: "staging" already belongs to staging; a cluster serves one environment, once'}
    ${'a cluster twice'}              | ${prod('waves: [[a], [b, a]]')}                                                                                    | ${'4 environments.prod.waves[1][1]: "a" is named twice; a cluster serves one environment, once'}
    ${'an empty wave'}                | ${prod('waves: [[a], []]')}                                                                                        | ${'4 environments.prod.waves: an empty list reaches no cluster; name the clusters, or remove the key'}
    ${'a fraction of people'}         | ${prod('approvals: { count: 1.5 }')}                                                                               | ${'4 environments.prod.approvals.count: 1.5 is not a whole number from 0 to 20; write how many people must approve'}
    ${'an approver without @'}        | ${prod('approvals: { from: [ada] }')}                                                                              | ${/^4 environments\.prod\.approvals\.from: \["ada"\] is not "owners" or a list/}
    ${'all beside from'}              | ${prod('approvals: { from: owners, all: [{ count: 1 }] }')}                                                        | ${'4 environments.prod.approvals.from: all and from are both given; put from into an entry of all, or remove one of them'}
    ${'all beside any'}               | ${prod('approvals: { any: [{ count: 1 }], all: [{ count: 1 }] }')}                                                 | ${/approvals\.any: all and any are both given/}
    ${'nobody in all'}                | ${prod('approvals: { all: [] }')}                                                                                  | ${/approvals\.all: an empty list asks nobody/}
    ${'each of a list'}               | ${prod('approvals: { from: ["@ada"], each: 2 }')}                                                                  | ${/each is for owners, not for a list of people/}
    ${'more than there are'}          | ${prod('approvals: { any: [{ from: ["@ada"], count: 2 }] }')}                                                      | ${/approvals\.any\[0\]\.count: 2 of 1 person can never approve/}
    ${'a condition on nothing'}       | ${prod('approvals: { when: { dangers: [] } }')}                                                                    | ${/approvals\.when\.dangers: an empty list fits nothing/}
    ${'a pattern for nothing'}        | ${prod('approvals: { when: { paths: [/] } }')}                                                                     | ${/"\/" can match nothing/}
    ${'an unknown danger'}            | ${prod('approvals: { when: { dangers: [rbac-widend] } }')}                                                         | ${/did you mean rbac-widened\?/}
    ${'needs four levels deep'}       | ${prod('approvals: { all: [{ any: [{ all: [{ count: 1 }] }] }] }')}                                                | ${/approvals\.all\[0\]\.any\[0\]\.all is not a known key/}
    ${'neither allow nor deny'}       | ${prod('windows: [{ from: "09:00" }]')}                                                                            | ${/windows\[0\]: a window is either allow or deny/}
    ${'no span'}                      | ${prod('windows: [{ allow: x, from: "09:00", to: "09:00" }]')}                                                     | ${/from 09:00 to 09:00 is no span/}
    ${'a day that is none'}           | ${prod('windows: [{ deny: x, startDate: 2026-02-29 }]')}                                                           | ${/"2026-02-29" is not a day of the calendar/}
    ${'ends before it starts'}        | ${prod('windows: [{ deny: x, startDate: 2026-03-02, endDate: 2026-03-01 }]')}                                      | ${/it ends before it starts/}
    ${'a month that is none'}         | ${prod('windows: [{ deny: x, months: decembre }]')}                                                                | ${/"decembre" is not months of the year/}
    ${'the day before the first'}     | ${prod('windows: [{ deny: x, monthDays: [0] }]')}                                                                  | ${/monthDays: 0 is no day/}
    ${'weeks of nothing'}             | ${prod('windows: [{ deny: x, weeks: [] }]')}                                                                       | ${/weeks: an empty list fits no day/}
    ${'a date that is none'}          | ${prod('windows: [{ deny: x, dates: ["2026-02-30"] }]')}                                                           | ${/dates\[0\]: "2026-02-30" is not a day of the calendar/}
    ${'no such calendar'}             | ${prod('windows: [{ deny: x, calendar: holidays.ics }]')}                                                          | ${/there is no calendar "holidays.ics"; add the file/}
    ${'a calendar that is none'}      | ${prod('windows: [{ deny: x, calendar: broken.ics }]')}                                                            | ${/windows\[0\]\.calendar: not an iCalendar file/}
    ${'another kind of file'}         | ${prod('windows: [{ deny: x, calendar: secret.yaml }]')}                                                           | ${/there is no calendar "secret.yaml"/}
    ${'dates and a calendar'}         | ${prod('windows: [{ deny: x, calendar: broken.ics, dates: ["2026-12-24"] }]')}                                     | ${/dates and calendar are both given/}
    ${'a fixed offset'}               | ${prod('windows: [{ deny: x, zone: "+01:00" }]')}                                                                  | ${/"\+01:00" is not a known time zone/}
    ${'a path upwards'}               | ${'applications: [{ path: ../x }]'}                                                                                | ${/"\.\.\/x" leaves the repository/}
    ${'an unknown placeholder'}       | ${'applications: [{ path: "apps/{aplication}" }]'}                                                                 | ${'1 applications[0].path: {aplication} stands for nothing; did you mean {application}?'}
    ${'a lone brace'}                 | ${'applications: [{ path: "apps/{application" }]'}                                                                 | ${/has a brace without its partner/}
    ${'touching placeholders'}        | ${'applications: [{ path: "{application}{environment}" }]'}                                                        | ${/nothing tells the two placeholders apart/}
    ${'a role nobody has'}            | ${'roles: [{ name: x, may: [sync] }]'}                                                                             | ${/roles\[0\]: nobody has this role/}
    ${'a role that may nothing'}      | ${'roles: [{ name: x, members: ["@a"], may: [] }]'}                                                                | ${/roles\[0\]\.may: the role may do nothing/}
    ${'a role nowhere'}               | ${'roles: [{ name: x, members: ["@a"], may: [sync], environments: [prd-*] }]'}                                     | ${/there is no environment "prd-\*"/}
    ${'an impossible alert'}          | ${'environments: { p: {} }\nslos: [{ application: a, environment: p, objective: 92, bad: x, total: y }]'}          | ${/can never fire/}
    ${'an SLO without errors'}        | ${'environments: { p: {} }\nslos: [{ application: a, environment: p, objective: 99, total: y }]'}                  | ${/neither bad nor good is written/}
    ${'an SLO with both'}             | ${'environments: { p: {} }\nslos: [{ application: a, environment: p, objective: 99, bad: x, good: z, total: y }]'} | ${/both bad and good are written/}
    ${'a perfect objective'}          | ${'environments: { p: {} }\nslos: [{ application: a, environment: p, objective: 100, bad: x, total: y }]'}         | ${/100 is not above 0 and below 100/}
  `('$case', ({ text, message }) => {
    const problems = said(text)
    expect(problems).toHaveLength(1)
    expect(typeof message === 'string' ? problems[0] === message : message.test(problems[0])).toBe(true)
  })

  it('asks for an SLO only where there is none, and shuts nothing for want of one', () => {
    const text = (environment: string) =>
      `environments: { dev: {}, prod: { promotion: { from: dev, slos: healthy } } }\nslos: [{ application: a, environment: ${environment}, objective: 99, bad: x, total: y }]`
    expect(said(text('dev'))).toEqual([])
    expect(said(text('prod'))).toEqual([expect.stringContaining('no SLO says how dev does')])
    expect(parse(text('prod')).configuration.environments[1]?.promotion?.slos).toBe('healthy')
  })

  it('tells a circle at each of its edges', () => {
    const text =
      'environments:\n  a: { promotion: { from: c } }\n  b: { promotion: { from: a } }\n  c: { promotion: { from: b } }\n  d: { promotion: { from: c } }\n'
    expect(said(text).map((line) => line.slice(0, 2).trim())).toEqual(['2', '3', '4', '5'])
    expect(said(text)[0]).toContain('promotion goes in a circle')
    expect(said(text)[3]).toContain('nothing can ever be promoted to d: nothing reaches c')
  })
})

describe('a faulty part opens nothing', () => {
  it('shuts an environment whose settings have a fault, and leaves the others as they are', () => {
    const { configuration } = parse(shop.replace('"25:00"', '').replace('to: "16:00"', 'to: "16.00"'))
    const [dev, , prod] = configuration.environments
    expect(dev?.isProtected).toBe(false)
    expect(prod).toMatchObject({
      waves: [['prod-eu'], ['prod-us', 'prod-ap']],
      isProtected: true,
      approvals: {
        fourEyes: true,
        need: { kind: 'people', from: 'owners', count: 1, each: 1, when: {} },
      },
      windows: [{ kind: 'deny', from: '00:00', to: '24:00', exceptClasses: ['revert'] }],
    })
    expect(prod?.promotion).toBeUndefined()
  })

  it('shuts all of them where the text itself is doubtful', () => {
    const { configuration } = parse(`${shop}version: 1\n`)
    expect(configuration.environments.every(({ windows }) => windows[0]?.kind === 'deny')).toBe(true)
  })

  it('grants nothing by a faulty role, and reverts nothing by a faulty SLO', () => {
    const { configuration } = parse(
      shop.replace('may: [promote, revert]', 'may: [promote, rewert]').replace('99.9', '0.999'),
    )
    expect(configuration.roles).toEqual([])
    expect(configuration.slos).toEqual([])
  })

  it.each(['a: [1', '- a', 'environments: [prod]', 'enviroments: { prod: {} }'])(
    '%j is as if there were none',
    (text) => {
      const { configuration, problems } = parse(text)
      expect(problems.length).toBeGreaterThan(0)
      expect(configuration.isConfigured).toBe(false)
    },
  )
})

describe('hostile text', () => {
  it.each(['__proto__', 'constructor', 'toString', 'prototype'])('%s is a key like any other', (key) => {
    const { problems, configuration } = parse(
      `${key}: { isConfigured: true }\nenvironments:\n  a: { ${key}: {} }\npolicies:\n  severities: { ${key}: off }\n`,
    )
    expect(problems.map(({ line }) => line)).toEqual([1, 3])
    expect(Object.keys(configuration.policies.severities)).toEqual([key])
    expect(({} as Record<string, unknown>)['isConfigured']).toBeUndefined()
  })

  const aliases = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...Array.from(
      { length: 9 },
      (_, i) => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(10).fill(`*${'abcdefghi'[i]}`).join(', ')}]`,
    ),
  ].join('\n')
  it.each`
    case                       | text                                                               | code
    ${'aliases that multiply'} | ${aliases}                                                         | ${'configuration-too-large'}
    ${'an alias of itself'}    | ${'a: &a [*a]'}                                                    | ${'configuration-too-large'}
    ${'deep lists'}            | ${'['.repeat(100_000)}                                             | ${'configuration-syntax'}
    ${'deep but valid'}        | ${'a: ' + '['.repeat(40) + ']'.repeat(40)}                         | ${'configuration-too-large'}
    ${'more than 1 MB'}        | ${'# ' + 'x'.repeat(1024 * 1024)}                                  | ${'configuration-too-large'}
    ${'very many keys'}        | ${Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n')} | ${'configuration-too-large'}
  `('$case is refused', ({ text, code }) => {
    const { problems, configuration } = parse(text)
    expect(configuration.isConfigured).toBe(false)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.map((problem) => problem.code)).toContain(code)
  })

  it('takes exactly 1 MB', () => {
    expect(parse('#'.repeat(1024 * 1024)).problems).toEqual([])
  })
})

describe('the words of the format', () => {
  it.each`
    text           | seconds
    ${'20m'}       | ${1200}
    ${'1h30m'}     | ${5400}
    ${'2d'}        | ${172_800}
    ${'45s'}       | ${45}
    ${'0m'}        | ${0}
    ${''}          | ${undefined}
    ${'20'}        | ${undefined}
    ${'30m1h'}     | ${undefined}
    ${'-1h'}       | ${undefined}
    ${'99999999d'} | ${undefined}
  `('duration $text', ({ text, seconds }) => expect(parseDuration(text)).toBe(seconds))

  it.each`
    text                  | days
    ${'mon-thu'}          | ${[1, 2, 3, 4]}
    ${'Fri-Mon'}          | ${[0, 1, 5, 6]}
    ${'sat, sun'}         | ${[0, 6]}
    ${'wednesday'}        | ${[3]}
    ${['mon', 'wed-fri']} | ${[1, 3, 4, 5]}
    ${'mon-'}             | ${undefined}
    ${'mon-tue-wed'}      | ${undefined}
    ${''}                 | ${undefined}
  `('days $text', ({ text, days }) => expect(parseDays(text)).toEqual(days))

  it.each`
    selector                | isFine
    ${'x'}                  | ${true}
    ${'a:b_total{}'}        | ${true}
    ${'{__name__="x"}'}     | ${true}
    ${'x{a="b",c!~"}[(",}'} | ${true}
    ${'x{a="\\"}"}'}        | ${true}
    ${''}                   | ${false}
    ${'rate(x[5m])'}        | ${false}
    ${'x[5m]'}              | ${false}
    ${'x{a="b"}[5m]'}       | ${false}
    ${'x{a="b"'}            | ${false}
    ${'x{a="b'}             | ${false}
    ${'x{{a="b"}}'}         | ${false}
    ${'x{a=b}'}             | ${false}
    ${'x{a="b"} or y'}      | ${false}
    ${'x + y'}              | ${false}
  `('selector $selector', ({ selector, isFine }) =>
    expect(selectorFault(selector) === undefined).toBe(isFine),
  )

  it.each`
    word         | meant
    ${'prodd'}   | ${'prod'}
    ${'pord'}    | ${'prod'}
    ${'staging'} | ${'staging'}
    ${'stgaign'} | ${'staging'}
    ${'dev'}     | ${undefined}
  `('$word → $meant', ({ word, meant }) => expect(nearestWord(word, ['prod', 'staging'])).toBe(meant))
})

it('publishes the schema it validates by', () => {
  const published: unknown = JSON.parse(
    readFileSync(new URL('../../../schemas/configuration.schema.json', import.meta.url), 'utf8'),
  )
  expect(published).toEqual(JSON.parse(publishedSchema()))
})

describe('OpenSLO files', () => {
  const text = 'environments: { prod: {} }\nsloFiles: [slo/a.yaml, secret.pem]\n'
  const open = `apiVersion: openslo/v1
kind: SLO
metadata: { name: a, annotations: { drawbridge.dev/environment: prod } }
spec:
  service: checkout
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: Prometheus, spec: { query: bad } } }
        total: { metricSource: { type: Prometheus, spec: { query: all } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.999 }]
`
  it('are read beside the SLOs of the configuration, and no other files', () => {
    const { configuration, problems } = parseConfiguration(text, '.drawbridge.yaml', () => open)
    expect(configuration.slos).toMatchObject([{ name: 'a', application: 'checkout', environment: 'prod' }])
    expect(problems.map(({ message }) => message)).toEqual(['sloFiles: there is no file secret.pem'])
  })

  it('tell what is wrong with them where it is written', () => {
    const faulty = open.replace('Occurrences', 'Timeslices')
    const { configuration, problems } = parseConfiguration(text, '.drawbridge.yaml', () => faulty)
    expect(configuration.slos).toEqual([])
    expect(problems.at(-1)).toMatchObject({ path: 'slo/a.yaml', line: 13, code: 'OPENSLO_UNSUPPORTED' })
  })
})
