import { writeFile } from 'node:fs/promises'
import { systemClock } from '../adapters/system/system-clock.ts'
import { createNarrator, StoryFailure } from './demo/narrator.ts'
import { openDemo } from './demo/open-demo.ts'
import { type OwnChange, openOwnDemo } from './demo/open-own-demo.ts'
import { awaitComment } from './demo/await-comment.ts'
import { tellStory } from './demo/story.ts'
import { untilStopped } from './stop-signal.ts'

export interface DemoCommand {
  port?: string
  folder?: string
  /** Shows this instead of the story. */
  change?: OwnChange
  /** Tell the story and end. */
  once: boolean
}

/** Shows the story, or a change of one's own, on the emulated world. Answers 0 only when all of it came true. */
export async function demo(options: DemoCommand): Promise<number> {
  return options.change ? showOwnChange(options.change, options) : showStory(options)
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

async function showStory(options: DemoCommand): Promise<number> {
  const write = (line: string) => void process.stdout.write(`${line}\n`)
  const started = systemClock.now()
  const stage = await openDemo(placesOf(options))
  await stage.drawbridge.start()
  const narrator = createNarrator({ story: stage.clock, real: systemClock, write })
  write('Drawbridge, with an emulated GitHub, four emulated clusters and an emulated Prometheus.')
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
