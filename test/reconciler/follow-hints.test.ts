import { expect, it } from 'vitest'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { AppLink } from '../../src/ports/app-link.ts'
import { followHints } from '../../src/reconciler/follow-hints.ts'

const away = new AdapterError({
  system: 'app',
  operation: 'follow',
  target: 'app',
  retryable: true,
  message: 'cannot be reached',
})

type Stream = (onHint: () => void) => void

/** What an agent waits and does while the app's streams go like this, one after the other; then it is ended. */
async function follow(streams: Stream[], random = 0) {
  const did: string[] = []
  const end = new AbortController()
  const left = [...streams]
  const link = {
    async follow(onHint: () => void) {
      const stream = left.shift()
      if (stream === undefined) return end.abort()
      stream(onHint)
    },
  } as unknown as AppLink
  const clock = {
    now: () => 0,
    async sleep(ms: number) {
      did.push(`${ms} ms`)
    },
  }
  const log = { info: () => did.push('told') }
  const ports = { clock, random: { number: () => random }, log } as unknown as Parameters<
    typeof followHints
  >[2]
  await followHints(link, () => did.push('look'), ports, end.signal)
  did.pop() // The pause in which it was ended.
  return did
}
const hinting: Stream = (onHint) => onHint()
const ending: Stream = () => undefined
const failing: Stream = () => {
  throw away
}

/**
 * | the stream           | then                                                            |
 * | -------------------- | --------------------------------------------------------------- |
 * | gives a hint         | a look, at some moment of two seconds                           |
 * | ends                 | a look after a second: a hint may have been lost in between     |
 * | cannot be had        | no look, git is polled; asked again less and less often         |
 */
it.each<[string, Stream[], number, string[]]>([
  ['a hint, the first of all agents', [hinting], 0, ['0 ms', '500 ms', 'look', 'look']],
  ['a hint, the last of all agents', [hinting], 1, ['2000 ms', '1000 ms', 'look', 'look']],
  ['an end', [ending], 1, ['1000 ms', 'look']],
  ['no app', [failing, failing, failing], 1, ['told', '2000 ms', '4000 ms', '8000 ms']],
  ['no app, for others at another time', [failing, failing], 0, ['told', '1000 ms', '2000 ms']],
  [
    'no app, and then one',
    [failing, failing, hinting],
    0,
    ['told', '1000 ms', '2000 ms', '0 ms', '500 ms', 'look', 'look'],
  ],
])('%s', async (_, streams, random, expected) => {
  const did = await follow(streams, random)
  expect(did.toSorted()).toEqual(expected.toSorted())
})

it('asks an app that stays away once a minute', async () => {
  const did = await follow(
    Array.from({ length: 20 }, () => failing),
    1,
  )
  expect(did.filter((one) => one === 'told')).toHaveLength(1)
  expect(did.at(-1)).toBe('60000 ms')
  expect(did).not.toContain('look')
})

it('lets through what is our own fault', async () => {
  const broken: Stream = () => {
    throw new TypeError('ours')
  }
  await expect(follow([broken])).rejects.toThrow('ours')
})
