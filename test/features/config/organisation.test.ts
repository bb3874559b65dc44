import { describe, expect, it } from 'vitest'
import type { OrganisationRules } from '../../../src/domain/configuration.ts'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { parseOrganisation } from '../../../src/features/config/parse-organisation.ts'
import { evaluateWindows } from '../../../src/features/windows/evaluate-windows.ts'

const rule = 'shop/.github: .drawbridge.yaml'

function rulesOf(text: string | undefined): OrganisationRules {
  return { ...parseOrganisation(text, '.drawbridge.yaml', rule).rules, policies: {} }
}

/** A repository's configuration under an organisation's. */
function under(organisation: string | undefined, repository: string) {
  const parsed = parseConfiguration(repository, '.drawbridge.yaml', undefined, rulesOf(organisation))
  const [prod] = parsed.configuration.environments
  if (!prod) throw new Error('the repository of a test has an environment')
  return { ...parsed, prod }
}

const prod = 'environments: { prod: {} }'
const owners = { kind: 'people', from: 'owners', count: 1, each: 1, when: {} }

/*
 * | the organisation            | the repository            | what holds                     |
 * | --------------------------- | ------------------------- | ------------------------------ |
 * | says nothing                | says something            | the repository's               |
 * | approvals                   | approvals                 | both needs                     |
 * | four eyes                   | no four eyes              | four eyes                      |
 * | protected                   | unprotected               | protected                      |
 * | deny window                 | allow window              | both                           |
 * | roles                       | roles                     | both; locked: the former alone |
 * | severity                    | severity                  | the latter; locked: the former |
 * | mask, freezes               | mask, freezes             | both                           |
 */
describe('the rules of an organisation', () => {
  it('are none without a file', () => {
    const text = 'environments: { prod: { protected: false, approvals: { count: 0 } } }'
    expect(under(undefined, text).configuration).toEqual(
      expect.objectContaining({ environments: parseConfiguration(text, 'x').configuration.environments }),
    )
  })

  it.each`
    case                            | organisation           | repository                       | need
    ${'only the repository asks'}   | ${'{}'}                | ${'{ approvals: {} }'}           | ${owners}
    ${'only the organisation asks'} | ${'{ approvals: {} }'} | ${'{}'}                          | ${owners}
    ${'the repository asks nobody'} | ${'{ approvals: {} }'} | ${'{ approvals: { count: 0 } }'} | ${owners}
    ${'both ask'}                   | ${'{ approvals: {} }'} | ${'{ approvals: { count: 2 } }'} | ${{ kind: 'all', of: [owners, { ...owners, count: 2 }], when: {} }}
    ${'neither asks'}               | ${'{}'}                | ${'{}'}                          | ${undefined}
  `('approvals: $case', ({ organisation, repository, need }) => {
    const found = under(`environments: { prod: ${organisation} }`, `environments: { prod: ${repository} }`)
    expect(found.prod.approvals.need).toEqual(need)
    expect(found.problems).toEqual([])
  })

  it.each`
    organisation | repository | fourEyes
    ${true}      | ${false}   | ${true}
    ${false}     | ${true}    | ${true}
    ${false}     | ${false}   | ${false}
  `('four eyes: $organisation and $repository → $fourEyes', ({ organisation, repository, fourEyes }) => {
    const written = (value: boolean) => `environments: { prod: { approvals: { fourEyes: ${value} } } }`
    expect(under(written(organisation), written(repository)).prod.approvals.fourEyes).toBe(fourEyes)
  })

  it.each`
    glob       | isProtected
    ${'prod'}  | ${true}
    ${'"*"'}   | ${true}
    ${'pr*'}   | ${true}
    ${'prod2'} | ${false}
  `('protects what $glob names: $isProtected', ({ glob, isProtected }) => {
    const found = under(
      `environments: { ${glob}: { protected: true } }`,
      'environments: { prod: { protected: false } }',
    )
    expect(found.prod.isProtected).toBe(isProtected)
  })

  it.each`
    at                     | outcome   | because
    ${'2026-11-23T10:00Z'} | ${'pass'} | ${'inside both'}
    ${'2026-11-23T18:00Z'} | ${'wait'} | ${'inside the repository’s alone'}
    ${'2026-11-22T10:00Z'} | ${'wait'} | ${'inside the organisation’s alone'}
    ${'2026-11-24T10:00Z'} | ${'wait'} | ${'denied by the organisation'}
  `('windows at $at: $outcome, $because', ({ at, outcome }) => {
    const { prod: environment } = under(
      'environments: { "*": { windows: [{ allow: day, from: "08:00", to: "16:00" }, { deny: audit, dates: ["2026-11-24"] }] } }',
      'environments: { prod: { windows: [{ allow: weekdays, days: mon-fri }] } }',
    )
    const request = {
      environments: [environment],
      applications: ['checkout'],
      changeClass: 'change' as const,
    }
    const verdict = evaluateWindows({ ...request, freezes: [], locks: [], requesters: [] }, Date.parse(at))
    expect(verdict.outcome).toBe(outcome)
  })

  it.each`
    case                        | locked               | repository                                                | names                 | lines
    ${'roles are joined'}       | ${''}                | ${'roles: [{ name: own, members: ["@a"], may: [sync] }]'} | ${['central', 'own']} | ${[]}
    ${'locked roles are alone'} | ${'locked: [roles]'} | ${'roles: [{ name: own, members: ["@a"], may: [sync] }]'} | ${['central']}        | ${[2]}
    ${'none of the repository'} | ${'locked: [roles]'} | ${''}                                                     | ${['central']}        | ${[]}
  `('$case', ({ locked, repository, names, lines }) => {
    const central = `roles: [{ name: central, members: ["@shop/sre"], may: [freeze], environments: [anything] }]\n${locked}`
    const { configuration, problems } = under(central, `${prod}\n${repository}`)
    expect(configuration.roles.map(({ name }) => name)).toEqual(names)
    expect(problems.map(({ line }) => line)).toEqual(lines)
    for (const { message } of problems) expect(message).toContain(rule)
  })

  it.each`
    locked                  | severity
    ${''}                   | ${'off'}
    ${'locked: [policies]'} | ${'error'}
  `('severities, $locked: $severity', ({ locked, severity }) => {
    const central = `policies: { severities: { owner-label: error } }\n${locked}`
    const { configuration } = under(central, `${prod}\npolicies: { severities: { owner-label: "off" } }`)
    expect(configuration.policies.severities).toEqual({ 'owner-label': severity })
  })

  it('hides and freezes what either names', () => {
    const { configuration } = under(
      'diff: { mask: [iban] }\nfreezes: [{ environments: [prod*], reason: the audit }]',
      `${prod}\ndiff: { mask: [pin] }\nfreezes: [{ environments: [prod], reason: stocktaking }]`,
    )
    expect(configuration.diff).toEqual({ mask: ['iban', 'pin'] })
    expect(configuration.freezes?.map(({ reason }) => reason)).toEqual(['the audit', 'stocktaking'])
  })

  it('gate nothing where the repository has no configuration', () => {
    const organisation = rulesOf('environments: { "*": { approvals: {} } }')
    expect(parseConfiguration(undefined, 'x', undefined, organisation).configuration.isConfigured).toBe(false)
  })
})

/*
 * | the fault lies in          | what it closes                                  |
 * | -------------------------- | ----------------------------------------------- |
 * | an entry of environments   | the environments that it names                  |
 * | a role                     | nothing: it grants nothing                      |
 * | anything else              | every environment of every repository           |
 */
describe('a fault in the organisation’s file', () => {
  it.each`
    case                          | text                                                             | line | isClosed
    ${'a role'}                   | ${'version: 1\nroles: [{ name: a, members: ["@a"], may: [x] }]'} | ${2} | ${false}
    ${'an entry for elsewhere'}   | ${'environments: { dev: { windows: 3 } }'}                       | ${1} | ${false}
    ${'an entry for here'}        | ${'environments: { prod: { windows: 3 } }'}                      | ${1} | ${true}
    ${'an entry that fits here'}  | ${'environments: { "p*": { aprovals: {} } }'}                    | ${1} | ${true}
    ${'an unknown key'}           | ${'version: 1\nenvironment: {}'}                                 | ${2} | ${true}
    ${'a key that is for others'} | ${'slos: []'}                                                    | ${1} | ${true}
    ${'a lock on nothing known'}  | ${'locked: [rolls]'}                                             | ${1} | ${true}
    ${'no YAML'}                  | ${'version: 1\n  a: [b'}                                         | ${1} | ${true}
    ${'a freeze'}                 | ${'freezes: [{ environments: [], reason: x }]'}                  | ${1} | ${true}
    ${'clusters are for others'}  | ${'environments: { prod: { clusters: [a] } }'}                   | ${1} | ${true}
  `('$case: closed here $isClosed', ({ text, line, isClosed }) => {
    expect(parseOrganisation(text, '.drawbridge.yaml', rule).problems[0]?.line).toBe(line)
    const { prod: environment } = under(text, 'environments: { prod: { protected: false } }')
    expect(environment.isProtected).toBe(isClosed)
    expect(environment.windows.some(({ kind }) => kind === 'deny')).toBe(isClosed)
    expect(environment.approvals.need !== undefined).toBe(isClosed)
  })

  it('locks everything where it is in the list of locks', () => {
    expect(rulesOf('locked: [rolls]').locked).toEqual(['roles', 'policies'])
  })
})

describe('a repository', () => {
  it('locks nothing', () => {
    const { problems } = parseConfiguration(`${prod}\nlocked: [roles]`, '.drawbridge.yaml')
    expect(problems).toMatchObject([{ code: 'configuration-locked', line: 2 }])
  })

  it.each`
    written                                                                | message
    ${'[{ environments: [pord], reason: x }]'}                             | ${'there is no environment "pord"; did you mean prod?'}
    ${'[{ environments: [], reason: x }]'}                                 | ${'an empty list freezes nothing'}
    ${'[{ environments: [prod], reason: x, until: "2026-13-40T00:00Z" }]'} | ${'"2026-13-40T00:00Z" is not a moment'}
    ${'[{ environments: [prod], reason: x, until: "2026-12-01" }]'}        | ${'"2026-12-01" is not a moment'}
    ${'[{ environments: [prod] }]'}                                        | ${'"reason" is missing'}
    ${'3'}                                                                 | ${'3 is not a list of freezes'}
  `('that writes freezes: $written is frozen whole', ({ written, message }) => {
    const { configuration, problems } = parseConfiguration(`${prod}\nfreezes: ${written}`, 'x')
    expect(problems[0]?.message).toContain(message)
    expect(configuration.freezes).toEqual([
      { environments: ['*'], applications: ['*'], reason: 'a freeze that has problems', rule: 'x' },
    ])
  })
})
