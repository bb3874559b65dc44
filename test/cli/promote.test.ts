import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGit } from '../../src/adapters/git/git.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { createChildProcesses } from '../../src/adapters/system/system-child-processes.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { CommandContext } from '../../src/cli/subcommand.ts'
import { toLedgerFiles } from '../../src/features/attestation/ledger-files.ts'
import { canonicalise, digestOf } from '../../src/features/rendering/canonical.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import { anAttestation } from '../builders.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { write } from '../features/review/review-builders.ts'

const workload = (tag: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { template: { spec: { containers: [{ name: 'web', image: `shop/web:${tag}` }] } } },
})
const manifest = (tag: string) => `# kept\n${JSON.stringify(workload(tag), undefined, 2)}\n`
const configuration = `version: 1
applications: [{ path: 'plain/{application}/{environment}' }]
environments:
  staging: {}
  prod: { promotion: { from: staging } }
`

let sandbox: ReturnType<typeof gitSandbox>
let scratch: string
beforeAll(() => {
  sandbox = gitSandbox()
  scratch = mkdtempSync(join(tmpdir(), 'drawbridge-promote-'))
  const commit = (tag: string) =>
    sandbox.commit({
      '.drawbridge.yaml': configuration,
      'plain/web/staging/web.yaml': manifest(tag),
      'plain/web/prod/web.yaml': manifest('1.0.0'),
    })
  const [first, second] = [commit('1.1.0'), commit('1.2.0')]
  sandbox.run(['checkout', '-q', '--orphan', 'rendered'])
  sandbox.run(['rm', '-rfq', '.'])
  for (const [revision, tag] of [
    [first, '1.1.0'],
    [second, '1.2.0'],
  ] as const) {
    const { objects } = canonicalise([workload(tag)])
    const target = { application: 'web', environment: 'staging', cluster: 'staging' }
    const images = { 'shop/web': tag }
    const attestation = anAttestation({ target, revision, digest: digestOf(objects), images })
    const files = Object.entries(toLedgerFiles({ releases: [{ attestation, objects }], removed: [] }))
    // A folder that is cleared first is none to delete here.
    sandbox.commit(Object.fromEntries(files.filter(([, text]) => text !== null)))
  }
  sandbox.run(['update-ref', 'refs/remotes/origin/drawbridge/rendered/staging', 'HEAD'])
  sandbox.run(['checkout', '-q', '-f', second])
})
afterAll(() => {
  sandbox.remove()
  rmSync(scratch, { recursive: true, force: true })
})

async function run(...args: string[]) {
  const said = { stdout: '', stderr: '' }
  const context = {
    git: createGit({ children: createChildProcesses(), folder: scratch }),
    renderer: { render: async (request: RenderRequest) => renderPlain(request, await readInputs(request)) },
    clock: { now: () => 0, sleep: async () => {} },
    words: { write },
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
    stdout: expect.stringContaining('  shop/web 1.0.0 → 1.2.0\n  in plain/web/prod/web.yaml\n'),
  })
  const earlier = await run('prod', '--dry-run', '--to', sandbox.run(['rev-parse', 'HEAD~1']).slice(0, 8))
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
    moves: [{ kind: 'image', name: 'shop/web', before: '1.0.0', after: '1.2.0' }],
    pull: {
      branch: 'drawbridge/promote/prod/web',
      title: 'Promote web 1.2.0 to prod',
      files: { 'plain/web/prod/web.yaml': manifest('1.2.0') },
    },
  })
})

it('opens nothing, and says where nothing is promoted', async () => {
  expect(await run('prod')).toMatchObject({ code: 64, stderr: expect.stringContaining('add --dry-run') })
  expect(await run('--dry-run')).toMatchObject({ code: 64 })
  expect(await run('staging', '--dry-run')).toMatchObject({
    code: 0,
    stdout: 'web: nothing is promoted to staging\n',
  })
})
