import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { awaitComment } from '../../src/main/demo/await-comment.ts'
import { openOwnDemo, type OwnDemo } from '../../src/main/demo/open-own-demo.ts'

const folder = mkdtempSync(join(tmpdir(), 'own-repository-'))
let demo: OwnDemo
let comment: string | undefined

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim()
}

function commit(image: string, message: string): string {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
  }
  writeFileSync(join(folder, 'apps/web/deployment.yaml'), JSON.stringify(deployment))
  git('add', '.')
  git('commit', '--quiet', '--message', message)
  return git('rev-parse', 'HEAD')
}

beforeAll(async () => {
  mkdirSync(join(folder, 'apps/web'), { recursive: true })
  git('init', '--quiet', '.')
  writeFileSync(join(folder, 'apps/web/kustomization.yaml'), 'resources: [deployment.yaml]\n')
  const base = commit('web:1.0', 'Begin')
  const head = commit('web:2.0', 'Raise web to 2.0\n\nBecause it is better.')
  demo = await openOwnDemo({ folder, base, head })
  comment = await awaitComment(demo, systemClock)
}, 120_000)

afterAll(async () => {
  await demo.close()
  rmSync(folder, { recursive: true })
})

it('shows the comment on one’s own change', () => {
  expect(comment).toContain('**Changes 1 of 1 application')
  expect(comment).toContain('image 1.0 → 2.0')
})

it('shows it on a page like GitHub’s, under the title of the commit', async () => {
  const page = await (await fetch(demo.addresses.pull)).text()
  expect(page).toContain('Raise web to 2.0')
  expect(page).not.toContain('Because it is better')
})

it('links to the page of the whole diff', async () => {
  expect(comment).toContain(`(${demo.addresses.diff})`)
  expect(await (await fetch(demo.addresses.diff)).text()).toContain('image: web:2.0')
})

it('leaves the repository as it was', () => {
  expect(git('status', '--porcelain')).toBe('')
  expect(git('for-each-ref', '--format=%(refname)').split('\n')).toHaveLength(1)
})
