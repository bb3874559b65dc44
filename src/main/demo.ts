import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../adapters/system/system-clock.ts'
import { formatProblem } from '../cli/format-problem.ts'
import type { LiveClusters } from '../emulator/shop/create-shop.ts'
import { findBinaries } from './control-plane/find-binaries.ts'
import { tellBuild } from './control-plane/tell-build.ts'
import { createNarrator, StoryFailure } from './demo/narrator.ts'
import { openDemo } from './demo/open-demo.ts'
import { type OwnChange, openOwnDemo } from './demo/open-own-demo.ts'
import { awaitComment } from './demo/await-comment.ts'
import { startRealClusters } from './demo/start-real-clusters.ts'
import { tellStory } from './demo/story.ts'
import { untilStopped } from './stop-signal.ts'

export interface DemoCommand {
  port?: string
  folder?: string
  /** Shows this instead of the story. */
  change?: OwnChange
  /** Tell the story and end. */
  once: boolean
  /** Real API servers in place of emulated clusters. */
  cluster: boolean
}

/** The clock is slower where clusters take their own time, and a step may take longer. */
const realClusters = { rate: 10, patienceMs: 120_000 }

/** Shows the story, or a change of one's own, on the emulated world. Answers 0 only when all of it came true. */
export async function demo(options: DemoCommand): Promise<number> {
  if (options.change) return showOwnChange(options.change, options)
  return options.cluster ? showOnRealClusters(options) : showStory(options)
}

/** A pull request with somebody's own change, and what Drawbridge says to it. */
async function showOwnChange(change: OwnChange, options: DemoCommand): Promise<number> {
  const write = (line: string) => void process.stdout.write(`${line}\n`)
  const own = await openOwnDemo(change, placesOf(options))
  try {
    write('Your change as a pull request on an emulated GitHub. Nothing leaves this machine.')
    write(`   Pull request  ${own.addresses.pull}`)
    write(`   Whole diff    ${own.addresses.diff}`)
    const comment = await awaitComment(own, systemClock)
    const file = process.env.DRAWBRIDGE_DEMO_ADDRESSES
    if (file) await writeFile(file, JSON.stringify({ comment: own.addresses.pull, diff: own.addresses.diff }))
    if (comment === undefined) write('\n✗ There is no comment after five minutes: LOG_LEVEL=debug says why.')
    else if (options.once) write(`\n${comment}`)
    else {
      write('\nThe comment is there. Ctrl-C ends it.')
      await untilStopped()
    }
    return comment === undefined ? 1 : 0
  } finally {
    await own.close()
  }
}

/** The same story on API servers of Kubernetes, which it builds where they are not yet. */
async function showOnRealClusters(options: DemoCommand): Promise<number> {
  const found = await findBinaries(process.env, tellBuild(process.stderr))
  if ('problem' in found) {
    process.stderr.write(`${formatProblem(found.problem)}\n`)
    return 1
  }
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-clusters-'))
  // However it ends: the clusters go with the process, and so do their files.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(0))
  const live = await startRealClusters(found.binaries, folder)
  try {
    return await showStory(options, live)
  } finally {
    await live.close()
  }
}

async function showStory(options: DemoCommand, live?: LiveClusters): Promise<number> {
  const write = (line: string) => void process.stdout.write(`${line}\n`)
  const started = systemClock.now()
  const pace = live ? realClusters : {}
  const stage = await openDemo({ ...placesOf(options), ...pace, live })
  await stage.drawbridge.start()
  const narrator = createNarrator({ story: stage.clock, real: systemClock, write, ...pace })
  write(
    `Drawbridge, with an emulated GitHub, four ${live ? 'real' : 'emulated'} clusters and an emulated Prometheus.`,
  )
  write(`   GitHub     ${stage.shop.githubUrl}/shop/config/pulls`)
  write(`   Dashboard  ${stage.drawbridge.url()}`)
  try {
    const addresses = await tellStory(stage, narrator)
    write(`\nThe story came true in ${Math.round((systemClock.now() - started) / 1000)} s.`)
    const file = process.env.DRAWBRIDGE_DEMO_ADDRESSES
    if (file) await writeFile(file, JSON.stringify(addresses))
    if (!options.once) {
      write(
        '\nIt stays up. Open the addresses above, act as any of ada, grace, radia, margaret and ken, open pull',
      )
      write('requests and comment commands such as /help. Ctrl-C ends it.')
      await untilStopped()
    }
    return 0
  } catch (error) {
    if (!(error instanceof StoryFailure)) throw error
    write(`\n✗ The story ${error.message}`)
    return 1
  } finally {
    await stage.close()
  }
}

function placesOf({ port, folder }: DemoCommand) {
  return {
    port: port === undefined ? undefined : Number(port),
    folder,
    logLevel: process.env.LOG_LEVEL === 'debug' ? ('debug' as const) : ('silent' as const),
  }
}
