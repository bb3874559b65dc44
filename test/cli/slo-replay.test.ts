import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGit } from '../../src/adapters/git/git.ts'
import { createMetrics } from '../../src/adapters/metrics/prometheus.ts'
import { programs } from '../programs.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { CommandContext } from '../../src/cli/subcommand.ts'
import { createEmulatedClock } from '../../src/emulator/clock.ts'
import {
  createPrometheusEmulator,
  type PrometheusEmulator,
} from '../../src/emulator/prometheus/prometheus.ts'
import type { TrafficFlow } from '../../src/emulator/prometheus/traffic.ts'
import { toLedgerFiles } from '../../src/features/attestation/ledger-files.ts'
import { canonicalise, digestOf } from '../../src/features/rendering/canonical.ts'
import { noMetrics } from '../../src/main/no-metrics.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import { gitSandbox } from '../adapters/git/git-sandbox.ts'
import { aDeployment, anAttestation } from '../builders.ts'

const start = Date.UTC(2026, 10, 20, 12)
const minute = 60_000
const configuration = `version: 1
applications: [{ path: 'plain/{application}/{environment}' }]
environments: { prod: {} }
slos:
  - name: checkout answers
    application: checkout
    environment: prod
    objective: 99.9
    bad: http_requests_total{app="checkout",code=~"5.."}
    total: http_requests_total{app="checkout"}
    versionLabel: version
    onBreach: revert
`

/** Minutes after the start, the version that serves from then on, and how many of its requests fail. */
const story = [
  [0, '1.8.0', 0.0002],
  [60, '1.9.0', 0.0002],
  [130, '2.0.0', 0.2],
  [160, '2.0.1', 0.0002],
  [300, '2.0.1', 0.2],
  [310, '2.0.1', 0.0002],
] as const
const end = start + 330 * minute

let sandbox: ReturnType<typeof gitSandbox>
let scratch: string
let prometheus: PrometheusEmulator
let metrics: Metrics
beforeAll(async () => {
  sandbox = gitSandbox()
  scratch = mkdtempSync(join(tmpdir(), 'drawbridge-slo-replay-'))
  sandbox.commit({ '.drawbridge.yaml': configuration })
  const clock = createEmulatedClock(start)
  let flows: TrafficFlow[] = []
  prometheus = createPrometheusEmulator({ clock, traffic: () => flows })
  for (const [minutes, version, errorRatio] of story) {
    await clock.advanceTo(start + minutes * minute)
    prometheus.catchUp()
    flows = [{ labels: { app: 'checkout' }, version, requestsPerSecond: 10, errorRatio }]
    prometheus.catchUp()
  }
  await clock.advanceTo(end)
  const { url } = await prometheus.listen()
  metrics = createMetrics({ url, fetch, clock: systemClock })
}, 60_000)
afterAll(async () => {
  sandbox.remove()
  rmSync(scratch, { recursive: true, force: true })
  await prometheus.close()
})

async function run(args: string[], more: Partial<CommandContext> = {}) {
  const said = { stdout: '', stderr: '' }
  const context = {
    git: createGit({ children: programs, folder: scratch }),
    clock: { now: () => end, sleep: async () => {} },
    metrics,
    cwd: sandbox.work,
    isTerminal: false,
    stdout: (text: string) => void (said.stdout += text),
    stderr: (text: string) => void (said.stderr += text),
    ...more,
  } as unknown as CommandContext
  const code = await runCommandLine(['slo', 'replay', '--days', '0.3', ...args], context, async () => context)
  return { code, ...said }
}

function releaseList(text: string): string {
  writeFileSync(join(sandbox.folder, 'releases'), text)
  return join(sandbox.folder, 'releases')
}

/** The rendered ref as it was written, at the times of `story`. */
function renderedRef(): void {
  let parent = ''
  for (const [minutes, version] of story.slice(0, 4)) {
    const at = start + minutes * minute
    const objects = canonicalise([aDeployment('checkout', `shop/checkout:${version}`)]).objects
    const attestation = anAttestation({
      revision: version.replaceAll('.', '').repeat(14).slice(0, 40),
      digest: digestOf(objects),
      images: { 'shop/checkout': version },
      pull: {
        number: minutes,
        title: version,
        author: { id: '1', login: 'ada', isBot: false },
        approvedBy: [],
      },
      at,
    })
    const files = Object.entries(toLedgerFiles({ releases: [{ attestation, objects }], removed: [] }))
    sandbox.commit(Object.fromEntries(files.filter(([, text]) => text !== null)))
    const who = `Ada <ada@example.org> ${at / 1000} +0000`
    const commit = `tree ${sandbox.run(['rev-parse', 'HEAD^{tree}'])}\n${parent}author ${who}\ncommitter ${who}\n\nrelease\n`
    parent = `parent ${sandbox.input(['hash-object', '-t', 'commit', '-w', '--stdin'], commit)}\n`
  }
  sandbox.run(['update-ref', 'refs/remotes/origin/drawbridge/rendered/prod', parent.slice(7, -1)])
}

describe('slo replay', { timeout: 60_000 }, () => {
  it('tells what the version labels brought, what would have been taken back, and what burned without a release', async () => {
    const { code, stdout } = await run([])
    expect(stdout).toMatchInlineSnapshot(`
      "2026-11-20T13:00:00Z  checkout 1.9.0  checkout answers (prod)  left alone: within its budget
      2026-11-20T14:10:00Z  checkout 2.0.0  checkout answers (prod)  TAKEN BACK after 15 s, merged by a rule: checkout burns its budget since this release
        15 of 75 events failed since it was applied; at most 0.1 % is tolerated
        the budget burns 0.6164 times the allowed rate in 1 h; the limit is 13.44
        the released version fails in 20 % (15 of 75), the earlier ones at the same time in 0.02 % (0 of 210)
        0.02 % (7 of 36000) failed before, 11.1 % (15 of 135) since
        the errors began 0 s after the apply, give or take 30 s
        errors like these came by themselves 0 times in 2 h before
      2026-11-20T14:40:00Z  checkout 2.0.1  checkout answers (prod)  left alone: what burns had been taken back before
      2026-11-20T17:05:00Z to 2026-11-20T17:30:00Z  checkout answers (prod)  no release: the budget burns 16.52 times too fast in 1 h and 5 min; the limit is 13.44
      3 looked at in 0.3 days, by the version labels: 1 taken back, 0 reported, 2 left alone, 0 not known
      "
    `)
    expect(code).toBe(0)
  })

  it('takes releases from a list, and says on stderr how far it is', async () => {
    const list = releaseList(
      '# by hand\n2026-11-20T13:00:00Z checkout prod 1.9.0\n2026-11-20T14:10:00Z checkout prod 2.0.0\n',
    )
    const { stdout, stderr } = await run(['--releases', list, '--format', 'json', '--progress'])
    const { releases, source } = JSON.parse(stdout)
    expect(source).toBe(list)
    expect(releases).toMatchObject([
      { revision: '1.9.0', outcome: 'nothing', reason: 'within its budget' },
      { revision: '2.0.0', outcome: 'revert', merge: 'rule' },
    ])
    expect(stderr).toMatch(/looking back \d+\/\d+\n/)
  })

  it('takes releases from the rendered refs of the clone, where it has them', async () => {
    renderedRef()
    const { stdout } = await run(['--format', 'json'])
    const { releases, source } = JSON.parse(stdout)
    expect(source).toBe('the rendered refs')
    expect(
      releases.map(({ outcome, pull }: { outcome: string; pull: { number: number } }) => [
        pull.number,
        outcome,
      ]),
    ).toEqual([
      [0, 'nothing'],
      [60, 'nothing'],
      [130, 'revert'],
      [160, 'nothing'],
    ])
    sandbox.run(['update-ref', '-d', 'refs/remotes/origin/drawbridge/rendered/prod'])
  })

  it('concludes nothing without metrics', async () => {
    const list = releaseList('2026-11-20T13:00:00Z checkout prod 1.9.0\n')
    const { code, stdout } = await run(['--releases', list], { metrics: noMetrics })
    expect(stdout).toContain('not known: there are no metrics to judge by')
    expect(code).toBe(1)
    expect(await run(['--environment', 'dev'])).toMatchObject({
      code: 1,
      stdout: 'The configuration has no SLOs here.\n',
    })
  })

  it.each`
    args                                                          | stderr
    ${['--days', '40']}                                           | ${'--days takes a number up to 31'}
    ${['--releases', 'nowhere']}                                  | ${'--releases nowhere: there is no such file'}
    ${['--releases', () => releaseList('yesterday a b c')]}       | ${'releases:1: "yesterday" is not a time with its zone; write'}
    ${['--releases', () => releaseList('\n2026-11-20T13:00Z a')]} | ${'releases:2: has 2 words, not four; write'}
  `('refuses $args', async ({ args, stderr }) => {
    const given = args.map((arg: string | (() => string)) => (typeof arg === 'string' ? arg : arg()))
    expect(await run(given)).toMatchObject({ code: 64, stderr: expect.stringContaining(stderr) })
  })

  it('is told of by the help', async () => {
    const { stdout } = await run(['--help'])
    expect(stdout).toContain('Usage: drawbridge slo replay [--days N]')
  })
})
