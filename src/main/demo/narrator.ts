import { styleText } from 'node:util'
import type { Clock } from '../../ports/clock.ts'

/** Tells the story in the terminal, and waits for what should happen in it. */
export interface Narrator {
  chapter(title: string): void
  /** Something happened, and where it can be seen. */
  happened(sentence: string, address?: string): void
  /** Quoted from the product: a check, a reply. */
  quote(text: string): void
  /** Waits until `look` sees it; a step that does not come true ends the story. */
  until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T>
  /** As seen by the story's clock. */
  hours(): string
}

/** A step of the story that did not come true. */
export class StoryFailure extends Error {
  override name = 'StoryFailure'
}

/** Of the machine's time; a step takes a second or two. */
const usualPatienceMs = 25_000
const lookEveryMs = 40

export function createNarrator(options: { story: Clock; real: Clock; patienceMs?: number; write(line: string): void }): Narrator {
  const { story, real, write, patienceMs = usualPatienceMs } = options
  let chapter = 0
  const hours = () => {
    const date = new Date(story.now())
    const day = date.toLocaleDateString('en-GB', { weekday: 'short', timeZone: 'Europe/Berlin' })
    const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Berlin' })
    return `${day} ${time}`
  }
  return {
    hours,
    chapter(title) {
      chapter += 1
      write(`\n${styleText('bold', `${chapter}. ${title}`)}`)
    },
    happened(sentence, address) {
      write(`   ${styleText('dim', hours())}  ${sentence}${address ? `\n              ${styleText('cyan', address)}` : ''}`)
    },
    quote(text) {
      for (const line of text.trim().split('\n')) write(`              ${styleText('dim', `│ ${line}`)}`)
    },
    async until(what, look) {
      const end = real.now() + patienceMs
      let last: unknown
      while (real.now() < end) {
        try {
          const seen = await look()
          if (seen !== undefined && seen !== false) return seen
        } catch (error) {
          last = error
        }
        await real.sleep(lookEveryMs)
      }
      const because = last instanceof Error ? ` (${last.message})` : ''
      throw new StoryFailure(`did not come true within ${patienceMs / 1000} s: ${what}${because}`)
    },
  }
}
