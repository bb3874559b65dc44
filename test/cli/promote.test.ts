import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGit } from '../../src/adapters/git/git.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { programs } from '../programs.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { CommandContext } from '../../src/cli/subcommand.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import { promoteSchema } from '../../src/cli/contract.ts'
import { schemaErrors } from './schema-errors.ts'
import { attestReleases } from '../adapters/git/attest-releases.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { write } from '../features/review/review-builders.ts'

const workload = (tag: string, replicas = 2) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas, template: { spec: { containers: [{ name: 'web', image: `shop/web:${tag}` }] } } },
})
const manifest = (object: object) => `# kept\n${JSON.stringify(object, undefined, 2)}\n`
const configuration = `version: 1
applications: [{ path: 'plain/{application}/{environment}' }]
environments:
  staging: {}
  prod: { promotion: { from: staging, soak: 1h, slos: not-breached, checks: [{ name: e2e, app: ci }] } }
`

let sandbox: ReturnType<typeof gitSandbox>
let scratch: string
beforeAll(() => {
  sandbox = gitSandbox()
  scratch = mkdtempSync(join(tmpdir(), 'drawbridge-promote-'))
  const commit = (tag: string, inProd: object = workload('1.0.0'), message?: string) =>
    sandbox.commit(
      {
        '.drawbridge.yaml': configuration,
        'plain/web/staging/web.yaml': manifest(workload(tag)),
        'plain/web/prod/web.yaml': manifest(inProd),
      },
      message,
    )
  const [first, second] = [commit('1.1.0'), commit('1.2.0')]
  const tip = commit('1.2.0', workload('1.0.0', 9), 'More of web')
  attestReleases(sandbox, { application: 'web', environment: 'staging' }, [
    { revision: first, at: 1, objects: [workload('1.1.0')] },
    { revision: second, at: 3, objects: [workload('1.2.0')] },
  ])
  attestReleases(sandbox, { application: 'web', environment: 'prod' }, [
    { revision: first, at: 2, kind: 'promotion', objects: [workload('1.0.0')] },
    { revision: tip, at: 4, objects: [workload('1.0.0', 9)] },
  ])
  sandbox.run(['checkout', '-q', '-f', tip])
})

afterAll(() => {
  sandbox.remove()
  rmSync(scratch, { recursive: true, force: true })
})

async function run(...args: string[]) {
  const said = { stdout: '', stderr: '' }
  const context = {
    git: createGit({ children: programs, folder: scratch }),
    renderer: { render: async (request: RenderRequest) => renderPlain(request, await readInputs(request)) },
    clock: { now: () => 0, sleep: async () => {} },
    words: { write },
    maskKey: 'k',
    cwd: sandbox.work,
    stdout: (text: string) => void (said.stdout += text),
    stderr: (text: string) => void (said.stderr += text),
  } as unknown as CommandContext
  const code = await runCommandLine(['promote', ...args], context, async () => context)
  return { code, ...said }
}

it('prints what would be carried, from what runs now or at an earlier commit', async () => {
  expect(await run('prod', '--dry-run')).toMatchObject({
    code: 2,
    stdout: expect.stringContaining(
      '  shop/web 1.0.0 → 1.2.0\n  in plain/web/prod/web.yaml\n  waits until it has been healthy on every cluster of staging for 1 h\n  waits until no SLO of it in staging is breached; what nobody can tell is said\n  waits until the check “e2e” by the app ci is green on the commit of staging that it carries\n',
    ),
  })
  const earlier = await run('prod', '--dry-run', '--to', sandbox.run(['rev-parse', 'HEAD~2']).slice(0, 8))
  expect(earlier.stdout).toContain('shop/web 1.0.0 → 1.1.0')
  expect((await run('prod', '--dry-run', '--to', '0000000')).stdout).toContain(
    'does not run in staging at 0000000',
  )
})

it('is the pull request as a value', async () => {
  const [promotion] = JSON.parse((await run('prod', '--dry-run', '--format', 'json')).stdout)
  expect(promotion).toMatchObject({
    application: 'web',
    from: ['staging'],
    waitsUntil: [
      'it has been healthy on every cluster of staging for 1 h',
      expect.stringContaining('no SLO'),
      expect.stringContaining('the check “e2e”'),
    ],
    moves: [{ kind: 'image', name: 'shop/web', before: '1.0.0', after: '1.2.0' }],
    pull: {
      branch: 'drawbridge/promote/prod/web',
      title: 'Promote web 1.2.0 to prod',
      files: { 'plain/web/prod/web.yaml': manifest(workload('1.2.0', 9)) },
    },
  })
})

it.each([
  ['what is promoted', 'prod', 'promote'],
  ['what is not', 'staging', 'nothing'],
])('prints JSON that keeps to the published schema: %s', async (_, to, outcome) => {
  const output = JSON.parse((await run(to, '--dry-run', '--format', 'json')).stdout)
  expect(schemaErrors(promoteSchema, output)).toEqual([])
  expect(output).toEqual([expect.objectContaining({ outcome })])
  expect(schemaErrors(promoteSchema, [{ ...output[0], outcome: 'promoted' }])).not.toEqual([])
})

it('tells how the target differs beyond it, and who made that so', async () => {
  const [promotion] = JSON.parse((await run('prod', '--dry-run', '--format', 'json')).stdout)
  const commit = sandbox.run(['rev-parse', 'HEAD']).slice(0, 12)
  const rows = promotion.pull.body.split('\n').filter((line: string) => line.includes('spec.replicas'))
  expect(rows).toEqual([
    `| Deployment shop/web \`spec.replicas\` | \`2\` | \`9\` | prod since Thu 1 Jan 1970, 00:00 UTC: \`${commit}\` by \`Ada\` in \`plain/web/prod/web.yaml\` |`,
  ])
})

it('opens nothing, and says where nothing is promoted', async () => {
  expect(await run('prod')).toMatchObject({ code: 64, stderr: expect.stringContaining('add --dry-run') })
  expect(await run('--dry-run')).toMatchObject({ code: 64 })
  expect(await run('staging', '--dry-run')).toMatchObject({
    code: 0,
    stdout: 'web: nothing is promoted to staging\n',
  })
})
