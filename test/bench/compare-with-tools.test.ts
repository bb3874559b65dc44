import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareStep } from '../../bench/comparison/compare-step.ts'
import { checkOut, gitFolder } from '../../bench/comparison/git-folder.ts'
import { history, type Step } from '../../bench/comparison/history.ts'
import { createOracle, type Oracle } from '../../bench/comparison/oracle.ts'
import { type Change, openProduct, type Product } from '../../bench/comparison/product.ts'
import { deployment } from '../features/rendering/repository-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'compare-test-'))
const scratch = mkdtempSync(join(tmpdir(), 'compare-test-trees-'))
let product: Product
let oracle: Oracle

beforeAll(async () => {
  git('init', '-q', '-b', 'main')
  commit({
    'shared/kustomization.yaml': 'resources: [d.yaml]\nlabels: [{pairs: {team: a}}]',
    'shared/d.yaml': deployment('cart'),
    'cart/overlays/prod/kustomization.yaml': 'resources: [../../../shared]\nnamePrefix: prod-',
    'mail/prod/m.yaml': deployment('mail'),
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0',
    'web/templates/d.yaml': deployment('web'),
  })
  commit({ 'README.md': 'no manifest' })
  commit({
    'shared/kustomization.yaml': 'resources: [d.yaml]\nlabels: [{pairs: {team: b}}]',
    'mail/prod/m.yaml': `${deployment('mail')}---\n${deployment('post')}`,
  })
  product = await openProduct(folder)
  oracle = createOracle(product.tools, 2)
})

afterAll(async () => {
  await product?.close()
  for (const each of [folder, scratch]) rmSync(each, { recursive: true, force: true })
})

describe('the comparison with the official tools', { timeout: 60_000 }, () => {
  it('takes the commits that touch manifests', async () => {
    expect(await history(await gitFolder(folder), 'HEAD', 50, 1)).toHaveLength(1)
  })

  it('agrees with the product as it is', async () => {
    expect(await compare(product)).toMatchObject({
      sources: 3,
      objects: 7,
      changes: 2,
      mismatches: [],
      refused: [],
    })
  })

  it.each<[string, (change: Change) => void, string]>([
    ['a change that is not shown', ({ diff }) => diff.targets.pop(), 'unchanged in the diff'],
    [
      'a change that is made up',
      ({ diff }) => diff.targets[0]?.objects.push(madeUp),
      'unchanged by the tools',
    ],
    [
      'a field that is missing',
      ({ diff }) => diff.targets[0]?.objects[0]?.fields.pop(),
      'only by the tools: ',
    ],
    ['an object that is lost', ({ head }) => head.rendering.targets[0]?.objects.pop(), 'does not render it'],
    ['an object that is not so', ({ head }) => spoil(head.rendering.targets[0]?.objects[0]), 'tool …'],
  ])('tells of %s', async (_, break_, words) => {
    const broken = { ...product, change: async (step: Step) => changed(await product.change(step), break_) }
    const { mismatches } = await compare(broken, false)
    expect(mismatches).toContainEqual(expect.stringContaining(words))
  })
})

const madeUp = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  namespace: '',
  name: 'nobody',
  change: 'added' as const,
  dangers: [],
  fields: [],
  hunks: [],
  foldedLines: 0,
}

function spoil(object: { metadata: { labels?: Record<string, string> } } | undefined) {
  if (object) object.metadata.labels = { team: 'nobody' }
}

function changed(change: Change, break_: (change: Change) => void): Change {
  const copy = structuredClone({
    ...change,
    base: { ...change.base, chosen: undefined },
    head: { ...change.head, chosen: undefined },
  })
  const whole = {
    ...copy,
    base: { ...copy.base, chosen: change.base.chosen },
    head: { ...copy.head, chosen: change.head.chosen },
  }
  break_(whole)
  return whole
}

async function compare(product: Product, isWhole = true) {
  const repository = await gitFolder(folder)
  const [step] = await history(repository, 'HEAD', 1, 1)
  if (!step) throw new Error('there is no step')
  const base = await checkOut(repository, join(scratch, 'base'), step.base)
  const head = await checkOut(repository, join(scratch, 'head'), step.head)
  return compareStep(step, { base, head }, product, oracle, isWhole)
}

function commit(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  git('add', '-A')
  git(
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@b',
    '-c',
    'commit.gpgsign=false',
    'commit',
    '-q',
    '-m',
    'change',
  )
}

function git(...command: string[]): void {
  execFileSync('git', ['-C', folder, ...command])
}
