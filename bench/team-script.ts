import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rendererPlaces } from '../src/adapters/renderers/renderer-places.ts'
import { findTools } from '../src/adapters/renderers/tools.ts'
import { createChildProcesses } from '../src/adapters/system/system-child-processes.ts'
import { systemRandom } from '../src/adapters/system/system-random.ts'

/** So many renders are run; the rest is worked out from them. */
const sampleSize = 60
const atOnce = 2

/**
 * What the usual script takes: a checkout of both sides, every root and every chart with every values file rendered by
 * the official tools on both, two at a time, then `diff`. Nothing of it gets less for a small change.
 */
export async function extrapolateScript(
  repository: string,
  files: ReadonlyMap<string, string>,
): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'drawbridge-bench-script-'))
  try {
    const start = performance.now()
    execFileSync('git', ['clone', '--quiet', '--shared', '--branch', 'main', repository, work])
    const checkoutMs = performance.now() - start
    const commands = await commandsFor(work, files)
    const step = Math.max(1, Math.floor(commands.length / sampleSize))
    const sample = commands.filter((_, position) => position % step === 0)
    const began = performance.now()
    await Promise.all(Array.from({ length: atOnce }, (_, lane) => runLane(sample, lane)))
    const perCommandMs = (performance.now() - began) / sample.length
    const allMs = 2 * (checkoutMs + commands.length * perCommandMs)
    return `A script that renders every root on both sides: ${(allMs / 1000).toFixed(0)} s for any change, worked out from ${sample.length} of ${commands.length} renders a side, ${atOnce} at a time on ${cpus().length} cores, ${perCommandMs.toFixed(0)} ms each.`
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function runLane(sample: readonly (readonly string[])[], lane: number): Promise<void> {
  for (const [file = '', ...args] of sample.filter((_, position) => position % atOnce === lane)) {
    await promisify(execFile)(file, args, { maxBuffer: 1024 ** 3 })
  }
}

async function commandsFor(work: string, files: ReadonlyMap<string, string>): Promise<string[][]> {
  const machine = { platform: process.platform, arch: process.arch, temporaryFolder: tmpdir() }
  const children = createChildProcesses()
  const places = rendererPlaces(process.env, machine)
  const tools = await findTools({ children, ...places, suffix: systemRandom.uuid() })
  return [...files.keys()].flatMap((path) => {
    const overlay = /^(.*\/overlays\/[^/]+)\/kustomization\.yaml$/.exec(path)?.[1]
    if (overlay !== undefined) return [[tools.kubectl, 'kustomize', join(work, overlay)]]
    const chart = /^(.*)\/values-[^/]+\.yaml$/.exec(path)?.[1]
    return chart === undefined
      ? []
      : [[tools.helm, 'template', 'release', join(work, chart), '--values', join(work, path)]]
  })
}
