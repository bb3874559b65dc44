import { describe, expect, it } from 'vitest'
import type { OrganisationRules } from '../../../src/domain/configuration.ts'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { rememberConfiguration } from '../../../src/features/config/remember-configuration.ts'

const path = '.drawbridge.yaml'
/** The last line is a fault, which names the file. */
const text = `version: 1
environments:
  prod:
    clusters: [prod]
    windows:
      - deny: holidays
        calendar: holidays.ics
        zone: Europe/Berlin
unknown: key
`
const holidays = (day: string) =>
  `BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:${day}\nEND:VEVENT\nEND:VCALENDAR\n`

const asks: OrganisationRules = {
  rule: 'shop/.github: .drawbridge.yaml',
  locked: ['roles'],
  environments: [],
  roles: [],
  severities: {},
  policies: {},
  mask: ['token'],
  freezes: [],
}

describe('a configuration that was read before', () => {
  const of = (calendar: string) => (name: string) => (name === 'holidays.ics' ? calendar : undefined)
  const first = of(holidays('20261225'))

  it('is the same answer, and the one that reading gives', () => {
    const answer = rememberConfiguration(text, path, first, undefined)
    expect(rememberConfiguration(text, path, of(holidays('20261225')), undefined)).toBe(answer)
    expect(answer).toEqual(parseConfiguration(text, path, first))
  })

  it.each`
    differs                             | arguments
    ${'the text'}                       | ${[text.replace('Berlin', 'Paris'), path, first, undefined]}
    ${'the path'}                       | ${[text, 'other.yaml', first, undefined]}
    ${'a file that it names'}           | ${[text, path, of(holidays('20261224')), undefined]}
    ${'a file that it names, now gone'} | ${[text, path, () => undefined, undefined]}
    ${'what the organisation asks'}     | ${[text, path, first, asks]}
  `('is read anew where $differs is another', ({ arguments: given }) => {
    rememberConfiguration(text, path, first, undefined)
    const words = given as Parameters<typeof rememberConfiguration>
    const answer = rememberConfiguration(...words)
    expect(answer).toEqual(parseConfiguration(...words))
    expect(answer).not.toEqual(parseConfiguration(text, path, first))
  })

  it('is forgotten after others, and nothing for no text', () => {
    const answer = rememberConfiguration(text, path, first, undefined)
    for (let index = 0; index < 40; index += 1)
      rememberConfiguration(`version: 1 # ${index}\n`, path, first, undefined)
    expect(rememberConfiguration(text, path, first, undefined)).not.toBe(answer)
    expect(rememberConfiguration(undefined, path, first, undefined).configuration.isConfigured).toBe(false)
  })
})
