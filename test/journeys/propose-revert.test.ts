import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Attestation } from '../../src/domain/release.ts'
import { noControls } from '../../src/domain/release.ts'
import { parseProposal } from '../../src/features/promotion/proposal-trailers.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import {
  proposeRevert,
  type RevertProposed,
  type RevertRequest,
} from '../../src/journeys/rollback/propose-revert.ts'
import { readConfiguration } from '../../src/journeys/repository/read-configuration.ts'
import { loadFiles, renderRevision } from '../../src/journeys/repository/render-revision.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { type OpenedRenderer, openRenderer } from '../adapters/renderers/open-renderer.ts'
import { anAttestation, shop as repository } from '../builders.ts'
import { write } from '../features/review/review-builders.ts'

const place = 'apps/checkout/prod/app.yaml'
const prices = 'apps/checkout/prod/prices.yaml'
const configMap = (name: string, ...values: string[]) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n${values.map((value, index) => `  v${index}: "${value}"\n  # ${index}\n  # between\n`).join('')}`
const base = {
  '.drawbridge.yaml': `version: 1\napplications: [{ path: 'apps/{application}/{environment}' }]\nenvironments: { prod: {} }\n`,
  [place]: configMap('checkout', 'good', 'same'),
}
const release = { [place]: configMap('checkout', 'bad', 'same') }

/*
 * | on the branch since               | asked | draft | merged by |
 * | nothing                           | rule  | no    | rule      |
 * | nothing                           | people | no   | people    |
 * | an edit of the same line          | rule  | yes   | people    |
 * | another object                    | rule  | no    | people    |
 * | nothing, but a question           | rule  | yes   | people    |
 */
describe('the revert of a release', () => {
  let renderer: OpenedRenderer
  let sandbox: ReturnType<typeof gitSandbox>
  let git: GitRepository
  beforeAll(() => {
    renderer = openRenderer()
  })
  afterAll(() => renderer.close())
  beforeEach(() => {
    sandbox = gitSandbox()
  })
  afterEach(async () => {
    await git.close()
    sandbox.remove()
  })

  async function attested(
    revision: string,
    at: number,
  ): Promise<{ attestation: Attestation; objects: never }> {
    const files = await loadFiles(git, revision)
    const { configuration } = readConfiguration(files, { kind: 'repository' })
    const { targets } = await renderRevision(renderer.renderer, git, files, configuration, {
      isTrusted: true,
    })
    const [target] = targets
    if (!target) throw new Error('it renders')
    return {
      attestation: anAttestation({ ...target, revision, at, images: {} }),
      objects: target.objects as never,
    }
  }

  async function propose(
    later: Record<string, string>,
    more: Partial<RevertRequest> = {},
    hasEarlier = true,
  ): Promise<RevertProposed> {
    const [good, bad, tip] = [
      sandbox.commit(base),
      sandbox.commit(release, 'Raise checkout'),
      sandbox.commit(later, 'a later edit'),
    ]
    git = await sandbox.git().open(sandbox.local)
    const [was, is] = [await attested(good, 1), await attested(bad, 2)]
    const { configuration } = readConfiguration(await loadFiles(git, tip), { kind: 'repository' })
    const state = (attestation: Attestation) => ({
      trust: 'trusted',
      attestations: [attestation],
      controls: noControls,
    })
    const history = [state(is.attestation), ...(hasEarlier ? [state(was.attestation)] : [])]
    const ports = {
      renderer: renderer.renderer,
      organisation: async () => undefined,
      repository: async () => git,
      defaultBranch: async () => 'main',
      ledger: { history: async () => history, objects: async () => was.objects },
      store: { audit: { list: async () => [] } },
      words: { write },
    } as unknown as Ports
    return proposeRevert(ports, {
      repository,
      tip: { git, branch: 'main', sha: tip, configuration },
      bad: is.attestation,
      cause: 'slo',
      merge: 'rule',
      evidence: { verdict: 'It burns.' },
      ...more,
    })
  }

  it.each`
    case                     | later                                                  | more                              | isDraft  | merge       | says
    ${'exact, by rule'}      | ${{}}                                                  | ${{}}                             | ${false} | ${'rule'}   | ${/Drawbridge merges it/}
    ${'exact, by people'}    | ${{}}                                                  | ${{ merge: 'people' }}            | ${false} | ${'people'} | ${/somebody merges it/}
    ${'beside a later edit'} | ${{ [place]: configMap('checkout', 'newer', 'same') }} | ${{}}                             | ${true}  | ${'people'} | ${/What a person must decide\n- .*was edited since by .*a later edit/}
    ${'with another object'} | ${{ [prices]: configMap('prices', 'EUR') }}            | ${{}}                             | ${false} | ${'people'} | ${/does not render to exactly what ran then: ConfigMap prices/}
    ${'with a question'}     | ${{}}                                                  | ${{ questions: ['Is it so\\?'] }} | ${true}  | ${'people'} | ${/What a person must decide\n- Is it so/}
  `('$case', { timeout: 60_000 }, async ({ later, more, isDraft, merge, says }) => {
    const proposed = await propose(later as Record<string, string>, more as Partial<RevertRequest>)
    if (proposed.kind !== 'open') throw new Error(proposed.reason)
    const { proposal } = proposed.action
    expect(proposal.isDraft).toBe(isDraft)
    expect(parseProposal(proposal.commitMessage)).toMatchObject({ kind: 'revert', cause: 'slo', merge })
    expect(proposal.body).toMatch(says as RegExp)
    expect(Object.keys(proposal.files)).toEqual([place])
  })

  it.each`
    case                    | later                       | hasEarlier | reason
    ${'the first release'}  | ${{}}                       | ${false}   | ${'checkout has no earlier release in prod'}
    ${'taken back by hand'} | ${{ [place]: base[place] }} | ${true}    | ${'no file of checkout in prod differs between'}
  `('is impossible: $case', { timeout: 60_000 }, async ({ later, hasEarlier, reason }) => {
    const proposed = await propose(later as Record<string, string>, {}, hasEarlier as boolean)
    expect(proposed).toMatchObject({ kind: 'impossible', reason: expect.stringContaining(reason as string) })
  })
})
