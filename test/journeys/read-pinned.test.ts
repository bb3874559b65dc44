import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Configuration } from '../../src/domain/configuration.ts'
import { pinsBroughtBack, readPinned } from '../../src/journeys/promotion/read-pinned.ts'
import { readConfiguration } from '../../src/journeys/repository/read-configuration.ts'
import { loadFiles } from '../../src/journeys/repository/render-revision.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { aPin } from '../builders.ts'

const configuration = `version: 1
applications: [{ path: 'apps/{application}/{environment}', promote: [charts, { file: values.yaml, field: mode }] }]
environments: { prod: {} }
`

let sandbox: ReturnType<typeof gitSandbox>
let git: GitRepository
let rules: Configuration
const shas: Record<string, string> = {}
beforeAll(async () => {
  sandbox = gitSandbox()
  const commit = (name: string, version: string, mode: string) => {
    shas[name] = sandbox.commit({
      '.drawbridge.yaml': configuration,
      'apps/shop/prod/kustomization.yaml': `helmCharts: [{ name: redis, repo: https://r, version: ${version}, valuesFile: values.yaml }]\n`,
      'apps/shop/prod/values.yaml': `mode: ${mode}\n`,
    })
  }
  commit('good', '1.0.0', 'slow')
  commit('bad', '2.0.0', 'slow')
  commit('reverted', '1.0.0', 'slow')
  commit('again', '2.0.0', 'fast')
  commit('mended', '2.0.1', 'slow')
  git = await sandbox.git().open(sandbox.local)
  rules = readConfiguration(await loadFiles(git, shas['good'] ?? ''), { kind: 'repository' }).configuration
})
afterAll(async () => {
  await git.close()
  sandbox.remove()
})

const pinOn = (revision?: string, toldFrom?: string) =>
  aPin({ application: 'shop', images: {}, ...(revision && { revision }), ...(toldFrom && { toldFrom }) })

it('reads from git what came with a pinned release, and nothing where git does not have it any more', async () => {
  const versions = async (...of: Parameters<typeof pinOn>) =>
    (await readPinned(git, rules, [pinOn(...of)])).flatMap((each) =>
      each.versions.map(({ version }) => version),
    )
  expect(await versions(shas['bad'], shas['good'])).toEqual(['2.0.0'])
  expect(await versions(shas['bad'])).toEqual(['2.0.0', 'slow'])
  expect(await versions()).toEqual([])
  expect(await versions('f'.repeat(40), shas['good'])).toEqual([])
})

it.each`
  change                        | base          | head          | back
  ${'the version comes back'}   | ${'reverted'} | ${'again'}    | ${1}
  ${'a newer one comes'}        | ${'reverted'} | ${'mended'}   | ${0}
  ${'it stands, and is edited'} | ${'bad'}      | ${'again'}    | ${0}
  ${'it goes'}                  | ${'bad'}      | ${'reverted'} | ${0}
`('a pin on a chart: $change → $back', async ({ base, head, back }) => {
  const sides = { base: shas[base as string] ?? '', head: shas[head as string] ?? '' }
  const pin = pinOn(shas['bad'], shas['good'])
  expect(await pinsBroughtBack(git, rules, sides, [pin, pinOn()])).toHaveLength(back as number)
})
