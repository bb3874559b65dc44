import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/adapters/system/system-clock.ts'
import type { LiveClusters } from '../src/emulator/shop/create-shop.ts'
import type { Pull } from '../src/emulator/github/state.ts'
import { findBinaries } from '../src/main/control-plane/find-binaries.ts'
import { tellBuild } from '../src/main/control-plane/tell-build.ts'
import { createNarrator } from '../src/main/demo/narrator.ts'
import { type Demo, openDemo, readShop } from '../src/main/demo/open-demo.ts'
import { createStage, type Stage } from '../src/main/demo/stage.ts'
import { startRealClusters } from '../src/main/demo/start-real-clusters.ts'

const day = 24 * 3_600_000
const production = ['prod-eu', 'prod-us'] as const
const goodVersion = '1.8.0'

/** Of one run, in the machine's time. */
const patienceMs = 10 * 60_000

/** Milliseconds of the clock since the first request that failed. */
interface Run {
  detected: number
  opened: number
  merged: number
  applied: number
  serving: number
}

/**
 * Releases a version that fails, so often, and measures how long it takes until it is detected, a pull request is open, it is
 * merged, and the good version is applied and serves again. The clock runs a factor faster than the machine's, and is never
 * moved ahead while anything is measured: what the product waits for is shortened, what it works counts so many times.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '50' },
      factor: { type: 'string', default: '4' },
      errors: { type: 'string', default: '0.05' },
      emulated: { type: 'boolean', default: false },
      /** A file for the product's log. */
      log: { type: 'string' },
    },
  })
  const [runs, factor, errors] = [Number(values.runs), Number(values.factor), Number(values.errors)]
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-revert-'))
  const live = values.emulated ? undefined : await realClusters(folder)
  const { log } = values
  const demo = await openDemo({
    rate: factor,
    folder,
    live,
    files: await shopWithoutWindows(),
    ...(log !== undefined && { logLevel: 'info', onLogLine: (line) => appendFileSync(log, line) }),
  })
  try {
    await demo.drawbridge.start()
    const narrator = createNarrator({
      story: demo.clock,
      real: systemClock,
      patienceMs,
      write: () => undefined,
    })
    const stage = createStage(demo, narrator)
    await stage.baseline()
    const measured: Run[] = []
    for (let index = 0; index < runs; index += 1) {
      await pass(demo, stage)
      const result = await breach(demo, stage, `1.9.${index}`, errors)
      measured.push(result)
      process.stderr.write(`run ${index + 1}: ${describe(result)}\n`)
    }
    const clusters = values.emulated ? 'emulated clusters' : 'real control planes, one for each cluster'
    process.stdout.write(
      `${runs} releases of which ${errors * 100} % of 40 requests a second and cluster fail; emulated GitHub, ${clusters}.\nThe clock runs ${factor} times as fast as the machine's: a second of work counts as ${factor}.\n\n${table(measured)}\n`,
    )
  } finally {
    await demo.close()
    await live?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

async function realClusters(folder: string): Promise<LiveClusters & { close(): Promise<void> }> {
  const found = await findBinaries(process.env, tellBuild(process.stderr))
  if ('problem' in found) throw new Error(`${found.problem.message}: ${found.problem.fix}`)
  return startRealClusters(found.binaries, join(folder, 'clusters'))
}

/** Releases at any hour: it is not the window that is measured. */
async function shopWithoutWindows(): Promise<Record<string, string>> {
  const files = await readShop()
  const text = files['.drawbridge.yaml'] ?? ''
  return { ...files, '.drawbridge.yaml': text.replace(/ {4}windows:\n(?: {6}.*\n)+/, '') }
}

/** A day later nothing of the run before limits or excuses this one. */
async function pass(demo: Demo, stage: Stage): Promise<void> {
  await stage.pass(day)
  await stage.narrator.until('production serves the good version', () =>
    production.every((cluster) => stage.runs(cluster, 'checkout', goodVersion)),
  )
  demo.shop.prometheus.catchUp()
}

async function breach(demo: Demo, stage: Stage, version: string, errors: number): Promise<Run> {
  const { shop, clock } = demo
  shop.setErrorRatio(version, errors)
  await release(demo, stage, version)
  await stage.narrator.until('the first request that fails', () => serves(demo, version))
  shop.prometheus.catchUp()
  const began = clock.now()
  const since = async (what: string, look: Parameters<Stage['narrator']['until']>[1]) => {
    await stage.narrator.until(what, look)
    return clock.now() - began
  }
  const before = stage.openedPulls('drawbridge/revert/').length
  const pull = (): Pull | undefined => stage.openedPulls('drawbridge/revert/')[before]
  return {
    detected: await since('the pin', () => stage.isPinned('prod', 'checkout', version)),
    opened: await since('the pull request', pull),
    merged: await since('the merge', () => pull()?.merged),
    applied: await since('the apply', () =>
      production.every((cluster) => !stage.holds(cluster, 'checkout', version)),
    ),
    serving: await since('the good version', () => !serves(demo, version)),
  }
}

async function release(demo: Demo, stage: Stage, version: string): Promise<void> {
  const number = await stage.openPull({
    by: 'ada',
    title: `Checkout ${version}`,
    branch: `release-${version}`,
    edits: {
      'apps/checkout/overlays/prod/kustomization.yaml': (text) =>
        text.replace(/newTag: "[^"]*"/, `newTag: "${version}"`),
    },
  })
  await stage.narrator.until('the review', () =>
    stage.check(number, 'drawbridge', ({ conclusion }) => conclusion !== null),
  )
  await stage.as('grace').approve(number)
  await stage.narrator.until('the merge of the release', () => stage.merge('ada', number))
  demo.shop.prometheus.catchUp()
}

/** A pod of the version takes requests. */
function serves({ shop }: Demo, version: string): boolean {
  return production.some((cluster) =>
    shop.live
      .get(cluster)
      ?.workloads()
      .some((each) => each.name === 'checkout' && each.version === version && each.readyReplicas > 0),
  )
}

const steps: (keyof Run)[] = ['detected', 'opened', 'merged', 'applied', 'serving']

function describe(run: Run): string {
  return steps.map((step) => `${step} ${seconds(run[step])}`).join(', ')
}

function table(runs: readonly Run[]): string {
  const rows = steps.map((step) => {
    const sorted = runs.map((run) => run[step]).toSorted((left, right) => left - right)
    const at = (share: number) => seconds(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
    return `| ${step.padEnd(8)} | ${[at(0.5), at(0.95), at(1)].map((text) => text.padStart(7)).join(' | ')} |`
  })
  return ['| since the first failure | p50 | p95 | max |', '|:--|--:|--:|--:|', ...rows].join('\n')
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`
}
