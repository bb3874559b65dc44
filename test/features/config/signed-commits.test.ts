import { expect, it } from 'vitest'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'

const parse = (prod: string) => parseConfiguration(`environments:\n  prod: ${prod}\n`, '.drawbridge.yaml')

it.each`
  prod                                                       | signedCommits                                             | problem
  ${'{}'}                                                    | ${undefined}                                              | ${/^$/}
  ${'{ signedCommits: { github: true } }'}                   | ${{ isGitHubBelieved: true }}                             | ${/^$/}
  ${'{ signedCommits: { allowedSigners: signers } }'}        | ${{ isGitHubBelieved: false, allowedSigners: 'signers' }} | ${/^$/}
  ${'{ signedCommits: { openpgpKeys: keys.asc } }'}          | ${{ isGitHubBelieved: false, openpgpKeys: 'keys.asc' }}   | ${/^$/}
  ${'{ signedCommits: { openpgpKeys: ../keys.asc } }'}       | ${undefined}                                              | ${'leaves the repository'}
  ${'{ signedCommits: {} }'}                                 | ${undefined}                                              | ${'nobody could sign for this'}
  ${'{ signedCommits: { github: false } }'}                  | ${undefined}                                              | ${'nobody could sign for this'}
  ${'{ signedCommits: { allowedSigners: ../signers } }'}     | ${undefined}                                              | ${'leaves the repository'}
  ${'{ protected: false, signedCommits: { github: true } }'} | ${undefined}                                              | ${'released signed or not'}
`('$prod', ({ prod, signedCommits, problem }) => {
  const { configuration, problems } = parse(prod)
  expect(configuration.environments[0]?.signedCommits).toEqual(signedCommits)
  expect(problems.map(({ message }) => message).join()).toMatch(problem)
})
