import { expect, it } from 'vitest'
import { formatProposal } from '../../src/features/promotion/proposal-trailers.ts'
import { openPromotions } from '../../src/journeys/promotion/close-stale-promotions.ts'
import type { Pull } from '../../src/domain/pull.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import type { Tip } from '../../src/journeys/repository/read-configuration.ts'
import { anActor, aPromotion, aPull, drawbridge, shop } from '../builders.ts'

const branch = 'drawbridge/promote/prod/checkout'
const ours = aPull({ author: drawbridge, headBranch: branch })

interface Facts {
  pull?: Pull
  head?: string
  message?: string
  branches?: string[]
  /** Who signed its head; undefined: nobody. */
  signer?: string
}

/** What is open, by what GitHub and the mirror say of it. */
async function open({
  pull = ours,
  head = ours.headSha,
  message = '',
  branches = [branch],
  ...facts
}: Facts) {
  const { signer } = { signer: 'drawbridge', ...facts }
  let asked = 0
  const git = {
    branches: async () => branches,
    resolve: async () => head,
    signedPayload: async () => ({ payload: '', signature: signer }),
    commit: async () => ({ message: message || `Promote\n\n${formatProposal(aPromotion())}` }),
  }
  const ports = {
    self: { actor: drawbridge, verify: (_: string, by: string) => by === 'drawbridge' },
    repository: async () => git,
    github: {
      async openPulls() {
        asked += 1
        return [pull]
      },
    },
  } as unknown as Ports
  const found = await openPromotions(ports, { repository: shop, tip: { git } as unknown as Tip })
  return { asked, said: found.map(({ proposal }) => (proposal ? 'ours' : 'theirs')) }
}

/**
 * | an open pull request              | is                              |
 * | --------------------------------- | ------------------------------- |
 * | from our branch, by us, unchanged | a promotion, ours               |
 * | the same, in any other way        | a promotion, and left to people |
 * | from a fork, or another branch    | none                            |
 */
it.each([
  ['ours', {}, ['ours']],
  ['from a fork', { pull: { ...ours, isFork: true } }, []],
  ['from another branch', { pull: { ...ours, headBranch: 'raise' } }, []],
  ['by somebody else', { pull: { ...ours, author: anActor('ada') } }, ['theirs']],
  ['of another head than the mirror knows', { head: 'f'.repeat(40) }, ['theirs']],
  ['with a commit that proposes nothing', { message: 'mine' }, ['theirs']],
  ['with our words, signed by somebody else', { signer: 'mallory' }, ['theirs']],
  ['with our words, signed by nobody', { signer: undefined }, ['theirs']],
])('what is open: %s', async (_, facts, said) => {
  expect((await open(facts)).said).toEqual(said)
})

it('asks GitHub nothing where there is no branch of a promotion', async () => {
  expect(await open({ branches: [] })).toEqual({ asked: 0, said: [] })
})
