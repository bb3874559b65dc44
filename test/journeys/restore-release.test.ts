import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FileContent } from '../../src/domain/repository-files.ts'
import { isExact } from '../../src/features/rollback/judge-restore.ts'
import { openQuestions } from '../../src/features/rollback/describe-restore.ts'
import { readConfiguration } from '../../src/journeys/repository/read-configuration.ts'
import { loadFiles, renderRevision } from '../../src/journeys/repository/render-revision.ts'
import { restoreRelease } from '../../src/journeys/rollback/restore-release.ts'
import { laterEdits } from '../../src/journeys/repository/later-edits.ts'
import type { GitRepository } from '../../src/ports/git.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { type OpenedRenderer, openRenderer } from '../adapters/renderers/open-renderer.ts'
import { anAttestation } from '../builders.ts'

const settings = (path: string) => `version: 1
applications: [{ path: '${path}' }, { path: 'charts/{application}' }]
environments: { staging: {}, prod: {} }
`
const overlay = (tag: string, more = '') => `# who to ask: @shop/checkout
resources: [../../base]
images:
  - name: shop/checkout
    newTag: "${tag}"
${more}`
const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: checkout }
spec:
  template:
    spec:
      containers:
        - name: app
          image: ${image}
`
const configMap = (value: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: prices }
data: { currency: ${value} }
`

const prod = 'apps/checkout/overlays/prod'
const base = 'apps/checkout/base'
const kustomization = `${prod}/kustomization.yaml`
const withPrices = 'resources: [../../base, prices.yaml]'
const priced = (tag: string) => overlay(tag).replace('resources: [../../base]', withPrices)

const shop = {
  '.drawbridge.yaml': settings('apps/{application}/overlays/{environment}'),
  [`${base}/kustomization.yaml`]: 'resources: [deployment.yaml]\n',
  [`${base}/deployment.yaml`]: deployment('shop/checkout'),
  'apps/checkout/overlays/staging/kustomization.yaml': overlay('1.8.0'),
  [kustomization]: overlay('1.8.0'),
  'apps/cart/overlays/prod/kustomization.yaml': 'resources: [cart.yaml]\n',
  'apps/cart/overlays/prod/cart.yaml': deployment('shop/cart:1').replace('name: checkout', 'name: cart'),
  'README.md': '# Shop\n',
}
const bad = { [kustomization]: overlay('1.9.0') }
const restored = { [kustomization]: overlay('1.8.0') }
const cartGoesOn = {
  'apps/cart/overlays/prod/cart.yaml': shop['apps/cart/overlays/prod/cart.yaml'].replace(':1', ':2'),
}

type Sandbox = ReturnType<typeof gitSandbox>

/** Leaves the branch `main` at the tip, after a release that is taken back and the one that it is taken back to. */
type History = (git: Sandbox) => { good: string; bad: string }

interface Expected {
  /** What differs from the tip. */
  files: Record<string, FileContent>
  /** Where a person has to decide, or it is not exactly what ran then. */
  open?: RegExp[]
  differs?: boolean
}

const on = (git: Sandbox, branch: string, work: () => void) => {
  git.run(['checkout', '-q', '-b', branch])
  work()
  git.run(['checkout', '-q', 'main'])
}
const start = (git: Sandbox, more: Record<string, string | null> = {}) => git.commit({ ...shop, ...more })
const head = (git: Sandbox) => git.run(['rev-parse', 'HEAD'])

/** One release, and what came after it. */
const then =
  (change: Record<string, string | null>, ...later: Record<string, string | null>[]): History =>
  (git) => {
    const good = start(git)
    const sha = git.commit(change, 'release')
    later.forEach((files, index) => git.commit(files, `later ${index + 1}`))
    return { good, bad: sha }
  }

const moved = (from: string, to: string, tree: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([path, text]) =>
      path.startsWith(from)
        ? [
            [path, null],
            [path.replace(from, to), text],
          ]
        : [],
    ),
  ) as Record<string, string | null>

const elsewhere = 'services/checkout/overlays/prod/kustomization.yaml'
const movedShop = {
  ...moved('apps/', 'services/', shop),
  '.drawbridge.yaml': settings('services/{application}/overlays/{environment}'),
}

/** What the branch went through, and what brings the good release back on top of it. */
const topologies: [string, History, Expected][] = [
  ['right after', then(bad), { files: restored }],
  [
    'after a squash of three commits',
    (git) => {
      const good = start(git)
      on(git, 'feature', () => {
        git.commit({ [kustomization]: overlay('1.8.9') })
        git.commit({ 'README.md': '# The shop\n' })
        git.commit(bad)
      })
      git.run(['merge', '-q', '--squash', 'feature'])
      return { good, bad: git.commit({}, 'release (#7)') }
    },
    { files: restored },
  ],
  [
    'after a merge commit',
    (git) => {
      const good = start(git)
      on(git, 'feature', () => git.commit(bad))
      git.commit(cartGoesOn)
      git.run(['merge', '-q', '--no-ff', 'feature', '-m', 'Merge #7'])
      return { good, bad: head(git) }
    },
    { files: restored },
  ],
  [
    'after a rebase of two commits, the first of which broke it',
    (git) => {
      const good = start(git)
      git.commit(bad)
      return { good, bad: git.commit({ [kustomization]: overlay('1.9.0', 'namePrefix: eu-\n') }) }
    },
    { files: restored },
  ],
  ['with later merges of others', then(bad, cartGoesOn, { 'README.md': '# New\n' }), { files: restored }],
  [
    'with a later release of the same application elsewhere',
    then(bad, { 'apps/checkout/overlays/staging/kustomization.yaml': overlay('1.9.1') }),
    { files: restored },
  ],
  [
    'with a later edit elsewhere in the same file',
    then(bad, {
      [kustomization]: overlay('1.9.0').replace('who to ask: @shop/checkout', 'who to ask: @shop/pay'),
    }),
    { files: { [kustomization]: overlay('1.8.0').replace('@shop/checkout', '@shop/pay') } },
  ],
  [
    'with a later edit of the same line',
    then(bad, { [kustomization]: overlay('1.9.1') }),
    { files: restored, open: [/prod\/kustomization\.yaml was edited since by \w{7} “later 1” \(Ada\)/] },
  ],
  [
    'of a file that it added',
    then({ [kustomization]: priced('1.9.0'), [`${prod}/prices.yaml`]: configMap('EUR') }, cartGoesOn),
    { files: { ...restored, [`${prod}/prices.yaml`]: null } },
  ],
  [
    'of a file that it deleted',
    (git) => {
      const good = start(git, { [kustomization]: priced('1.8.0'), [`${prod}/prices.yaml`]: configMap('EUR') })
      return { good, bad: git.commit({ ...bad, [`${prod}/prices.yaml`]: null }) }
    },
    { files: { [kustomization]: priced('1.8.0'), [`${prod}/prices.yaml`]: configMap('EUR') } },
  ],
  [
    'of a file that it renamed',
    (git) => {
      const good = start(git, { [kustomization]: priced('1.8.0'), [`${prod}/prices.yaml`]: configMap('EUR') })
      const renamed = { [`${prod}/prices.yaml`]: null, [`${prod}/costs.yaml`]: configMap('EUR') }
      return {
        good,
        bad: git.commit({ ...renamed, [kustomization]: priced('1.9.0').replace('prices', 'costs') }),
      }
    },
    {
      files: {
        [kustomization]: priced('1.8.0'),
        [`${prod}/prices.yaml`]: configMap('EUR'),
        [`${prod}/costs.yaml`]: null,
      },
    },
  ],
  [
    'of a file that was renamed since',
    (git) => {
      const good = start(git, { [kustomization]: priced('1.8.0'), [`${prod}/prices.yaml`]: configMap('EUR') })
      const sha = git.commit({ [`${prod}/prices.yaml`]: configMap('USD') })
      git.commit({
        [`${prod}/prices.yaml`]: null,
        [`${prod}/costs.yaml`]: configMap('USD'),
        [kustomization]: priced('1.8.0').replace('prices', 'costs'),
      })
      return { good, bad: sha }
    },
    { files: { [`${prod}/costs.yaml`]: configMap('EUR') } },
  ],
  [
    'of a folder that it moved',
    then({ ...movedShop, [elsewhere]: overlay('1.9.0') }, { 'README.md': '# New\n' }),
    { files: { [elsewhere]: overlay('1.8.0') } },
  ],
  [
    'of a folder that was moved since',
    then(bad, { ...movedShop, [elsewhere]: overlay('1.9.0') }),
    { files: { [elsewhere]: overlay('1.8.0') } },
  ],
  [
    'over several releases, to the one that was good',
    (git) => {
      const good = start(git)
      git.commit({ [kustomization]: overlay('1.8.1') })
      git.commit(cartGoesOn)
      git.commit({ [kustomization]: priced('1.8.2'), [`${prod}/prices.yaml`]: configMap('EUR') })
      return { good, bad: git.commit({ [kustomization]: priced('1.9.0') }) }
    },
    { files: { ...restored, [`${prod}/prices.yaml`]: null } },
  ],
  [
    'of an older release, under a newer one that stays',
    (git) => {
      const good = start(git, {
        [kustomization]: overlay('1.8.0', 'namePrefix: eu-\n# a\n# b\n# c\nnameSuffix: -x\n'),
      })
      const sha = git.commit({
        [kustomization]: overlay('1.9.0', 'namePrefix: eu-\n# a\n# b\n# c\nnameSuffix: -x\n'),
      })
      git.commit({ [kustomization]: overlay('1.9.0', 'namePrefix: eu-\n# a\n# b\n# c\nnameSuffix: -y\n') })
      return { good, bad: sha }
    },
    {
      files: { [kustomization]: overlay('1.8.0', 'namePrefix: eu-\n# a\n# b\n# c\nnameSuffix: -y\n') },
      differs: true,
    },
  ],
  [
    'of a base that other environments share',
    then({ [`${base}/deployment.yaml`]: deployment('shop/checkout-broken') }, cartGoesOn),
    {
      files: { [`${base}/deployment.yaml`]: deployment('shop/checkout') },
      open: [/also changes checkout in staging \(staging\)/],
    },
  ],
  [
    'of its own file and of a shared base together',
    then({ ...bad, [`${base}/deployment.yaml`]: deployment('shop/checkout').replace('app', 'main') }),
    {
      files: { ...restored, [`${base}/deployment.yaml`]: deployment('shop/checkout') },
      open: [/also changes checkout in staging/],
    },
  ],
  [
    'after a force-push that left the release out of the history',
    (git) => {
      const good = start(git)
      const sha = git.commit(bad)
      git.run(['checkout', '-q', '--orphan', 'anew'])
      git.commit(cartGoesOn, 'history, anew')
      git.run(['branch', '-M', 'anew', 'main'])
      return { good, bad: sha }
    },
    { files: restored },
  ],
  [
    'of values of a chart',
    (git) => {
      const chart = {
        'charts/search/Chart.yaml': 'apiVersion: v2\nname: search\nversion: 1.0.0\n',
        'charts/search/templates/d.yaml': deployment('shop/search:{{ .Values.tag }}'),
        'charts/search/values.yaml': 'tag: none\n',
        'charts/search/values-staging.yaml': 'tag: "1"\n',
        'charts/search/values-prod.yaml': 'tag: "1"\n',
      }
      const good = start(git, chart)
      const sha = git.commit({ 'charts/search/values-prod.yaml': 'tag: "2"\n' })
      git.commit({ 'charts/search/values-staging.yaml': 'tag: "3"\n' })
      return { good, bad: sha }
    },
    { files: { 'charts/search/values-prod.yaml': 'tag: "1"\n' } },
  ],
  [
    'of bytes that are no text, and of a mode',
    (git) => {
      const generator = overlay('1.8.0', 'configMapGenerator: [{ name: logo, files: [logo.bin] }]\n')
      start(git, { [kustomization]: generator })
      writeFileSync(join(git.work, prod, 'logo.bin'), Buffer.from([0xff, 0x00, 0xfe]))
      chmodSync(join(git.work, prod, 'logo.bin'), 0o755)
      const good = git.commit({}, 'the logo')
      chmodSync(join(git.work, prod, 'logo.bin'), 0o644)
      return { good, bad: git.commit({ [`${prod}/logo.bin`]: 'another' }) }
    },
    { files: { [`${prod}/logo.bin`]: { id: '90db00e1d6cf116716ba949a1cca330ac8c63634', mode: '100755' } } },
  ],
  [
    'of an application that is gone by now',
    then(
      bad,
      Object.fromEntries(
        Object.keys(shop)
          .filter((path) => path.includes('checkout'))
          .map((path) => [path, null]),
      ),
    ),
    { files: restored, open: [/prod\/kustomization\.yaml was edited since/, /does not render any more/] },
  ],
  ['that somebody took back by hand already', then(bad, restored, cartGoesOn), { files: {} }],
]

const nothing = {
  files: {},
  conflicts: [],
  verdict: { differing: [], touched: [], newProblems: [], conflicts: [] },
}

describe('a release is taken back', () => {
  let renderer: OpenedRenderer
  let sandbox: Sandbox
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

  const scope = { kind: 'repository' as const }
  const rendered = async (revision: string, application: string) => {
    const files = await loadFiles(git, revision)
    const { configuration } = readConfiguration(files, scope)
    const { targets } = await renderRevision(renderer.renderer, git, files, configuration, {
      isTrusted: true,
      only: (source) => source.environment === 'prod' && source.application === application,
    })
    const [target] = targets
    if (!target) throw new Error(`${application} does not render at ${revision}`)
    return target
  }

  it.each(topologies)('%s', { timeout: 60_000 }, async (_, history, expected) => {
    const sides = history(sandbox)
    git = await sandbox.git().open(sandbox.local)
    const tip = sandbox.run(['rev-parse', 'main'])
    const application = 'charts/search/values-prod.yaml' in expected.files ? 'search' : 'checkout'
    const [good, ran] = [await rendered(sides.good, application), await rendered(sides.bad, application)]
    const attested = (revision: string, { target, digest }: typeof good) =>
      anAttestation({ target, revision, digest })
    const { configuration } = readConfiguration(await loadFiles(git, tip), scope)

    const found = await restoreRelease(
      {
        renderer: renderer.renderer,
        organisation: async () => undefined,
        repository: async () => git,
        defaultBranch: async () => 'main',
        ledger: { objects: async () => good.objects },
      },
      {
        repository: { id: '1', owner: 'shop', name: 'config', installation: '1' },
        tip: { git, branch: 'main', sha: tip, configuration },
        bad: attested(sides.bad, ran),
        good: { state: { attestations: [] } as never, attestation: attested(sides.good, good) },
      },
    )

    const result = found ?? { ...nothing, tree: await git.writeTree(tip, {}) }
    expect(Object.keys(result.files)).toEqual(Object.keys(expected.files).toSorted())
    expect(result.tree).toBe(await git.writeTree(tip, expected.files))
    expect(await git.writeTree(tip, result.files)).toBe(result.tree)
    const questions = openQuestions(result.verdict, await laterEdits(git, sides.bad, tip, result.conflicts))
    expect(questions).toEqual((expected.open ?? []).map((words) => expect.stringMatching(words)))
    expect(isExact(result.verdict)).toBe(!expected.open && !expected.differs)
  })
})
