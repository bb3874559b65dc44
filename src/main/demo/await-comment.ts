import type { Clock } from '../../ports/clock.ts'
import type { OwnDemo } from './open-own-demo.ts'

/** A large repository renders for a minute or two. */
const patienceMs = 300_000
const lookEveryMs = 200

/** Waits for the comment on the pull request; undefined where it does not come. */
export async function awaitComment(demo: Pick<OwnDemo, 'comment'>, clock: Clock): Promise<string | undefined> {
  const end = clock.now() + patienceMs
  while (clock.now() < end) {
    const comment = demo.comment()
    if (comment !== undefined) return comment
    await clock.sleep(lookEveryMs)
  }
  return undefined
}
