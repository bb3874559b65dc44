import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGit } from '../../src/adapters/git/git.ts'
import { programs } from '../programs.ts'
import { renderPlain } from '../../src/adapters/renderers/plain.ts'
import { readInputs } from '../../src/adapters/renderers/job.ts'
import { runCommandLine, subcommands } from '../../src/cli/command-line.ts'
import { schemaErrors } from './schema-errors.ts'
import { diffSchema, discoverSchema, publishedSchemas, renderSchema } from '../../src/cli/contract.ts'
import type { CommandContext } from '../../src/cli/subcommand.ts'
import { noMetrics } from '../../src/main/no-metrics.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import { publishedSchema } from '../../src/features/config/published-schema.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { RenderRequest } from '../../src/ports/renderer.ts'
import { write } from '../features/review/review-builders.ts'

let folder: string
let shop: string

/** A repository with one plain application, and a branch that changes it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'))
  shop = join(folder, 'shop')
  mkdirSync(shop)
  git('init', '-q', '-b', 'main')
  commit({ 'plain/web/dev/web.yaml': service(80), 'plain/web/dev/secret.yaml': secret('b2xk') })
  git('checkout', '-q', '-b', 'change')
  commit({ 'plain/web/dev/web.yaml': service(8080), 'plain/web/dev/secret.yaml': secret('bmV3') })
  git('checkout', '-q', '-b', 'conflict', 'main')
  commit({ 'plain/web/dev/web.yaml': service(81) })
  git('checkout', '-q', '-b', 'slos', 'main')
  commit({
    '.drawbridge.yaml':
      'environments: { dev: {} }\nslos: [{ name: web answers, application: web, environment: dev, objective: 99.9, bad: bad, total: all }]\n',
  })
  git('checkout', '-q', 'change')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const service = (port: number) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: ${port}\n`
const secret = (value: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\ndata:\n  key: ${value}\n`

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], { cwd: shop, encoding: 'utf8' }).trim()
}

function commit(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(shop, path)), { recursive: true })
    writeFileSync(join(shop, path), text)
  }
  git('add', '-A')
  git('commit', '-q', '-m', 'change')
}

function makeRepository(path: string, files: Record<string, string>): void {
  const here = shop
  shop = path
  mkdirSync(shop)
  git('init', '-q', '-b', 'main')
  commit(files)
  shop = here
}

interface Ran {
  code: number
  stdout: string
  stderr: string
}

async function run(args: string[], more: Partial<CommandContext> = {}): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const context: CommandContext = {
    git: createGit({ children: programs, folder: join(folder, 'scratch') }),
    renderer: {
      render: async (request: RenderRequest) => renderPlain(request, await readInputs(request)),
      describe: async () => ({
        kubectl: 'v1.36.3',
        kustomize: 'v5.8.1',
        helm: 'v4.2.3',
        others: {},
        sandbox: { kind: 'limits-only', detail: 'bwrap is not installed' },
      }),
    },
    policies: { evaluate: async () => ({ findings: [], problems: [] }) },
    clock: { now: () => 0, sleep: async () => {} },
    words: { write },
    metrics: noMetrics,
    maskKey: 'k',
    cwd: shop,
    version: '0.0.0',
    nodeVersion: 'v24.0.0',
    isTerminal: false,
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    openCluster: () => Promise.reject(new Error('no cluster here')),
    probe: {
      gitVersion: async () => 'git version 2.47.0',
      store: async () => 'sqlite',
      settings: () => [],
      branches: async () => undefined,
    },
    launch: { serve: async () => 0, agent: async () => 0, demo: async () => 0 },
    ...more,
  }
  const code = await runCommandLine(args, context, async () => context)
  return { code, ...said }
}

describe('diff', () => {
  it('prints what the comment would say, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await run(['diff', '--base', 'main'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('<!-- drawbridge:review -->')
    expect(stdout).toContain('-  - port: 80\n+  - port: 8080')
    expect(stdout).not.toMatch(/b2xk|bmV3/)
  })

  it('prints JSON that keeps to the published schema', async () => {
    const { stdout } = await run(['diff', '--base', 'main', '--head', 'change', '--format', 'json'])
    const output = JSON.parse(stdout)
    expect(schemaErrors(diffSchema, output)).toEqual([])
    expect(output).toMatchObject({
      base: git('rev-parse', 'main'),
      head: git('rev-parse', 'change'),
      problems: [],
    })
    expect(output.targets[0].objects.map((object: { name: string }) => object.name)).toEqual(['key', 'web'])
  })

  it('compares with the default branch when told nothing', async () => {
    expect((await run(['diff'])).stdout).toBe(
      (await run(['diff', '--base', 'main', '--head', 'change'])).stdout,
    )
  })

  it.each`
    case                               | args                                                           | code
    ${'differences are no failure'}    | ${['diff']}                                                    | ${0}
    ${'unless asked to tell'}          | ${['diff', '--exit-code']}                                     | ${2}
    ${'equal sides, asked to tell'}    | ${['diff', '--base', 'main', '--head', 'main', '--exit-code']} | ${0}
    ${'head does not merge into base'} | ${['diff', '--base', 'conflict']}                              | ${1}
    ${'no such revision'}              | ${['diff', '--base', 'nowhere']}                               | ${64}
    ${'no repository'}                 | ${['diff', '--repo', '/nowhere']}                              | ${69}
  `('$case → exit code $code', async ({ args, code }) => {
    expect((await run(args)).code).toBe(code)
  })

  it.each([['change~1'], ['change^'], ['HEAD~1']])('knows %s', async (head) => {
    expect((await run(['diff', '--base', 'main', '--head', head, '--exit-code'])).code).toBe(0)
  })

  it('knows an abbreviated commit', async () => {
    const head = git('rev-parse', '--short=8', 'change')
    expect((await run(['diff', '--base', 'main', '--head', head, '--exit-code'])).code).toBe(2)
  })

  it('says which files conflict', async () => {
    const { stdout } = await run(['diff', '--base', 'conflict', '--format', 'json'])
    expect(JSON.parse(stdout).problems).toMatchObject([
      { code: 'MERGE_CONFLICT', path: 'plain/web/dev/web.yaml' },
    ])
  })

  it('tells how far it is only when asked', async () => {
    expect((await run(['diff', '--progress'])).stderr).toMatch(/^rendering \d+\/\d+\n/)
  })
})

describe('render', () => {
  it('prints JSON that keeps to the published schema, as it would be applied', async () => {
    const { code, stdout } = await run(['render', '--format', 'json'])
    expect(code).toBe(0)
    expect(schemaErrors(renderSchema, JSON.parse(stdout))).toEqual([])
    expect(stdout).toContain('bmV3')
  })

  it('masks secrets when told to', async () => {
    const { stdout } = await run(['render', '--mask-secrets'])
    expect(stdout).toContain('‹masked')
    expect(stdout).not.toContain('bmV3')
  })

  it('renders only what is asked for', async () => {
    const { stdout } = await run(['render', '--environment', 'prod', '--format', 'json'])
    expect(JSON.parse(stdout).targets).toEqual([])
  })
})

describe('the others', () => {
  it('discover says what was found and why', async () => {
    const { code, stdout } = await run(['discover'])
    expect(code).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "dev
        web  default  plain  plain/web/dev
             a folder with Kubernetes objects (2 files)

      1 source (1 plain) · 1 application · 1 environment · 0 not shown · 0 problems
      "
    `)
  })

  it('discover prints JSON that keeps to the published schema', async () => {
    const { stdout } = await run(['discover', '--format', 'json'])
    expect(schemaErrors(discoverSchema, JSON.parse(stdout))).toEqual([])
  })

  it('validate finds nothing wrong', async () => {
    expect(await run(['validate'])).toEqual({ code: 0, stdout: 'nothing is wrong\n', stderr: '' })
  })

  it('validate prints each problem on one line', async () => {
    const problem = { code: 'X', path: 'policies/a.yaml', line: 3, message: 'is wrong', fix: 'mend it' }
    const policies = { evaluate: async () => ({ findings: [], problems: [problem] }) }
    expect(await run(['validate'], { policies })).toMatchObject({
      code: 1,
      stdout: 'policies/a.yaml:3: is wrong; mend it\n',
    })
  })

  it('validate and rights read the organisation’s rules as the app does', async () => {
    const organisation = join(folder, 'dot-github')
    const role = (name: string) => `{ name: ${name}, members: ['@ada'], may: [freeze] }`
    makeRepository(organisation, {
      '.drawbridge.yaml': `roles: [${role('all')}]\nlocked: [roles]\nslos: []\n`,
    })
    const repository = join(folder, 'locked')
    makeRepository(repository, {
      '.drawbridge.yaml': `environments: { prod: {} }\nroles: [${role('own')}]\n`,
    })
    const options = ['--repo', repository, '--organisation', organisation]
    expect((await run(['validate', ...options])).stdout).toBe(
      '.drawbridge.yaml:2: roles: ../dot-github: .drawbridge.yaml keeps this key for itself; remove it here\n',
    )
    expect((await run(['rights', '--user', 'ada', ...options])).stdout).toContain(
      '/freeze      yes  everywhere',
    )
    expect(await run(['validate', '--repo', organisation, '--organisation', organisation])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('.drawbridge.yaml:3: slos: this is for each repository to say'),
    })
  })

  it('doctor warns and fails with the fix', async () => {
    const probe = {
      gitVersion: async () => 'git version 2.47.0',
      store: async () => Promise.reject(new Error('nobody answers')),
      settings: () => [
        { code: 'SETTING_MISSING', path: 'A', line: 0, message: 'A: is not set', fix: 'set it' },
      ],
      branches: async () => ({
        appId: '7',
        branches: [{ repository: 'shop/config', branch: 'main', guards: [], unread: [], statuses: [] }],
      }),
    }
    const { code, stdout } = await run(['doctor'], { probe })
    expect(code).toBe(1)
    expect(stdout).toMatchSnapshot()
  })

  it('doctor asks the cluster of a kubeconfig, and warns where the clocks differ', async () => {
    const cluster = { identity: async () => 'the-uid', close: async () => undefined }
    const asked = async (skew: number) => {
      const openCluster = async () => ({ ...cluster, clockSkew: () => skew }) as never
      const { stdout } = await run(['doctor', '--kubeconfig', 'a'], { openCluster })
      return stdout.split('\n').filter((line) => /clock|the-uid|NTP/.test(line))
    }
    expect(await asked(0)).toEqual(['ok   cluster: the-uid'])
    expect(await asked(60_000)).toEqual([
      'ok   cluster: the-uid',
      expect.stringContaining('warn clock: the clock of the API server is 60 s ahead of the one here'),
      '     fix: keep the time of both by NTP',
    ])
  })

  it('doctor looks at a clone that is named, as validate does', async () => {
    const named = join(folder, 'signers')
    makeRepository(named, {
      '.drawbridge.yaml': 'environments: { prod: { signedCommits: { allowedSigners: signers } } }\n',
      signers: 'ada@shop.example\n',
    })
    const line = '"ada@shop.example": it has no key of a kind that is read'
    expect((await run(['validate', '--repo', named])).stdout).toContain(`signers:1: ${line}`)
    expect((await run(['doctor', '--repo', named])).stdout).toContain(`warn signers:1: ${line}`)
    expect((await run(['doctor', '--repo', shop])).stdout).toContain('ok   repository: nothing is wrong')
  })

  it.each(['serve', 'agent', 'demo'] as const)('%s is handed to main', async (name) => {
    const launch = { serve: async () => 3, agent: async () => 3, demo: async () => 3 }
    expect((await run([name], { launch })).code).toBe(3)
  })
})

describe('slo', () => {
  /** A server that always answers the same: `bad` of a thousand events, scraped every 15 s until now. */
  const answering = (bad: number): Metrics => ({
    ...noMetrics,
    query: async (promql) => {
      const value = promql.startsWith('max(timestamp') ? 0 : promql.includes('count_over_time') ? 40 : 1000
      return {
        kind: 'samples',
        samples: [{ labels: {}, at: 0, value: promql.includes('or 0 *') ? bad : value }],
      }
    },
  })

  it.each`
    case                 | metrics          | code | stdout
    ${'well'}            | ${answering(0)}  | ${0} | ${'healthy      web answers (dev): the budget burns 0 times the allowed rate in 1 h; the limit is 13.44; 100 % of the budget is left\n'}
    ${'burning'}         | ${answering(20)} | ${1} | ${'breached     web answers (dev): the budget burns 20 times too fast in 1 h and 5 min; the limit is 13.44; -1900 % of the budget is left\n'}
    ${'without metrics'} | ${noMetrics}     | ${1} | ${'blind        web answers (dev): PROMETHEUS_URL is not set\n'}
  `('says how each does: $case', async ({ metrics, code, stdout }) => {
    expect(await run(['slo', '--rev', 'slos'], { metrics })).toEqual({ code, stdout, stderr: '' })
  })

  it('says the same in JSON, and nothing of other environments', async () => {
    const metrics = answering(0)
    const { stdout } = await run(['slo', '--rev', 'slos', '--format', 'json'], { metrics })
    expect(JSON.parse(stdout)).toMatchObject([{ slo: 'web answers', state: 'healthy', budgetLeft: 1 }])
    expect((await run(['slo', '--rev', 'slos', '--environment', 'prod'], { metrics })).stdout).toBe(
      'The configuration has no SLOs here.\n',
    )
  })
})

describe('demo', () => {
  const launchOf = (seen: unknown[]) => ({
    serve: async () => 0,
    agent: async () => 0,
    demo: async (options: unknown) => seen.push(options) - 1,
  })

  it('hands on the commits of a change of one’s own', async () => {
    const seen: unknown[] = []
    await run(['demo', '--base', 'main', '--head', 'change', '--repo', '.', '--once'], {
      launch: launchOf(seen),
    })
    expect(seen).toMatchObject([
      { once: true, change: { base: git('rev-parse', 'main'), head: git('rev-parse', 'change') } },
    ])
  })

  it('needs a repository for a base or a head', async () => {
    const seen: unknown[] = []
    expect((await run(['demo', '--base', 'main'], { launch: launchOf(seen) })).code).toBe(64)
    expect(seen).toEqual([])
  })
})

describe('the command line', () => {
  it('lists every subcommand', async () => {
    expect((await run(['--help'])).stdout).toMatchSnapshot()
  })

  it.each(Object.keys(subcommands))('%s has a help text', async (name) => {
    const { code, stdout } = await run([name, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatchSnapshot()
  })

  it.each`
    args                           | says
    ${['dif']}                     | ${'did you mean diff?'}
    ${['diff', '--bass', 'main']}  | ${'did you mean --base?'}
    ${['diff', '--base']}          | ${'--base needs a value: --base REV'}
    ${['diff', '--format', 'jsn']} | ${'one of text, json, markdown, not jsn, did you mean json?'}
    ${['diff', 'main']}            | ${'takes no main'}
    ${['diff', '--exit-code=yes']} | ${'takes no value'}
    ${['constructor']}             | ${'there is no subcommand constructor'}
    ${['diff', '--constructor']}   | ${'no option --constructor'}
  `('$args → 64, $says', async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(says)
  })

  it('says what failed outside, and that a mistake is ours', async () => {
    const fault = { system: 'git', operation: 'open', target: 'x', retryable: false, message: 'no' } as const
    const fails = (error: Error) => {
      const git = { open: async () => raise(error) }
      return run(['diff'], { git })
    }
    expect(await fails(new AdapterError(fault))).toMatchObject({
      code: 69,
      stderr: 'drawbridge: git open x: no\n',
    })
    expect(await fails(new Error('oops'))).toMatchObject({ code: 70 })
  })
})

describe('published schemas', () => {
  it.each(Object.entries({ ...publishedSchemas(), 'configuration.schema.json': `${publishedSchema()}\n` }))(
    'schemas/%s is current; else run node scripts/write-schemas.ts',
    (name, text) => {
      expect(readFileSync(join(import.meta.dirname, '../../schemas', name), 'utf8')).toBe(text)
    },
  )
})

function raise(error: Error): never {
  throw error
}
