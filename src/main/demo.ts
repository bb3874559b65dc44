import { writeFile } from 'node:fs/promises'
import { systemClock } from '../adapters/system/system-clock.ts'
import { createNarrator, StoryFailure } from './demo/narrator.ts'
import { openDemo } from './demo/open-demo.ts'
import { tellStory } from './demo/story.ts'
import { untilStopped } from './stop-signal.ts'

export interface DemoCommand {
  port?: string
  folder?: string
  /** Tell the story and end. */
  once: boolean
}

/** Tells the story on the emulated world. Answers 0 only when every step of it came true. */
export async function demo(options: DemoCommand): Promise<number> {
  const write = (line: string) => void process.stdout.write(`${line}\n`)
  const started = systemClock.now()
  const stage = await openDemo({
    port: options.port === undefined ? undefined : Number(options.port),
    folder: options.folder,
    logLevel: process.env.LOG_LEVEL === 'debug' ? 'debug' : 'silent',
  })
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
