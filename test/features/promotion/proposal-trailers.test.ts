import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/domain/proposal.ts'
import { formatProposal, parseProposal } from '../../../src/features/promotion/proposal-trailers.ts'

const ada = { id: '583231', login: 'ada', isBot: false }
const promotion: Proposal = {
  kind: 'promotion',
  applications: ['checkout', 'cart'],
  from: ['staging'],
  to: 'prod',
}
const revert: Proposal = {
  kind: 'revert',
  applications: ['checkout'],
  environment: 'prod',
  cause: 'slo',
  bad: 'b'.repeat(40),
  good: 'a'.repeat(64),
  merge: 'rule',
}

describe('a proposal in a commit message', () => {
  it.each<[string, Proposal]>([
    ['a promotion by rule', promotion],
    ['a promotion by a person', { ...promotion, requestedBy: ada }],
    [
      'a promotion of what ran before',
      {
        ...promotion,
        carries: [
          { application: 'checkout', environment: 'staging', revision: 'b'.repeat(40) },
          { application: 'cart', environment: 'staging', revision: 'c'.repeat(64) },
        ],
      },
    ],
    ['a promotion of less than there is', { ...promotion, holds: true, requestedBy: ada }],
    ['a revert by evidence', revert],
    [
      'a revert by a bot',
      {
        ...revert,
        cause: 'command',
        merge: 'people',
        requestedBy: { id: 'MDM6', login: 'shop[bot]', isBot: true },
      },
    ],
  ])('comes back: %s', (_name, proposal) => {
    expect(parseProposal(`Promote\n\nBecause.\n\n${formatProposal(proposal)}\n`)).toEqual(proposal)
    expect(parseProposal(`Promote\r\n\r\n${formatProposal(proposal).replaceAll('\n', '\r\n')}`)).toEqual(
      proposal,
    )
  })

  const good = formatProposal({ ...promotion, requestedBy: ada })
  it.each([
    ['an ordinary commit', 'fix: a\n\nSigned-off-by: Ada'],
    ['a field missing', good.replace(/^.*From.*\n/m, '')],
    ['a field twice', `${good}\nDrawbridge-To: dev`],
    ['a foreign field', `${good}\nDrawbridge-Cause: slo`],
    ['an unknown kind', good.replace('promotion', 'release')],
    ['fields in another paragraph', `Drawbridge-To: dev\n\n${good}`],
    ['trailers that are not at the end', `${good}\n\nmore words`],
    ['a name with a space', good.replace('staging', 'stag ing')],
    ['an actor without an id', good.replace('<583231>', '')],
    ['a short sha', formatProposal({ ...revert, bad: 'abc' })],
    ['what it carries without a commit', `${good}\nDrawbridge-Carries: checkout staging`],
    ['a hold that nobody asked for', formatProposal({ ...promotion, holds: true })],
    ['a hold of something else', `${good}\nDrawbridge-Holds: people`],
    ['nothing carried', `${good}\nDrawbridge-Carries: `],
    ['a revert that carries', `${formatProposal(revert)}\nDrawbridge-Carries: cart prod ${'b'.repeat(40)}`],
    ['nobody to merge it', formatProposal(revert).replace('rule', 'anybody')],
    ['an unknown cause', formatProposal(revert).replace('slo', 'mood')],
  ])('is none: %s', (_name, message) => {
    expect(parseProposal(`Title\n\n${message}`)).toBeUndefined()
  })
})
