import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { HttpClient } from '../../../src/adapters/kubernetes/http-client.ts'
import { watchObjects } from '../../../src/adapters/kubernetes/watch-objects.ts'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { AdapterError } from '../../../src/ports/adapter-error.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'
import { seededRandom, silentLog } from '../../emulator/cluster/start-cluster.ts'

/** What a server answers to one watch: a status, or lines and what becomes of them. */
type Answer = { status: number } | { lines?: object[]; fate: 'ends' | 'breaks off' | 'is silent' }

const anObject = (name: string, resourceVersion: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', uid: name, resourceVersion },
})
const event = (type: string, version: string) => ({ type, object: anObject('settings', version) })
const error = (code: number) => ({ type: 'ERROR', object: { kind: 'Status', code, metadata: {} } })
const ends = (...lines: object[]): Answer => ({ lines, fate: 'ends' })

/**
 * Watches a server that answers so, one after the other, for so many seconds. `asked`: `list`, or the version from which a
 * watch goes on; `told`: what the handlers were told.
 */
async function watch(
  answers: Iterable<Answer>,
  {
    lists = [[]],
    listError,
    seconds = 10,
    step = 1,
  }: { lists?: KubernetesObject[][]; listError?: Error; seconds?: number; step?: number } = {},
) {
  const clock = createEmulatedClock(0)
  const asked: string[] = []
  const told: string[] = []
  const lengths: number[] = []
  const next = answers[Symbol.iterator]()
  const http: HttpClient = {
    clockSkew: () => undefined,
    call: () => Promise.reject(new Error('nothing but lists and watches')),
    async stream(path, signal) {
      const query = new URLSearchParams(path.split('?')[1])
      asked.push(query.get('resourceVersion') ?? '')
      lengths.push(Number(query.get('timeoutSeconds')))
      const isTold = ({ type }: { type?: string }) =>
        type !== 'BOOKMARK' || query.get('allowWatchBookmarks') === 'true'
      const answer = next.next().value ?? { fate: 'is silent' }
      const body = new Readable({ read: () => undefined })
      body.on('error', () => undefined)
      signal.addEventListener('abort', () => body.destroy(new Error('given up')))
      const status = 'status' in answer ? answer.status : 200
      if ('fate' in answer) {
        for (const line of answer.lines?.filter(isTold) ?? []) body.push(`${JSON.stringify(line)}\n`)
        if (answer.fate === 'breaks off') setImmediate(() => body.destroy(new Error('broken off')))
        if (answer.fate === 'ends') void clock.sleep(1_000).then(() => body.push(null))
      }
      return { status, body: body as never }
    },
  }
  const stop = new AbortController()
  const watching = watchObjects(
    {
      path: async () => '/api/v1/configmaps',
      async list() {
        asked.push('list')
        if (listError) throw listError
        const objects = lists.length > 1 ? lists.shift()! : lists[0]!
        return { objects, resourceVersion: '1' }
      },
      handlers: { onEvent: ({ type, object }) => void told.push(`${type} ${object.metadata.name}`) },
      signal: stop.signal,
    },
    http,
    clock,
    seededRandom(),
    silentLog,
  )
  for (let second = 0; second < seconds; second += step) {
    await clock.advance(step * 1_000)
    for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  stop.abort()
  await clock.advance(60_000)
  await watching
  return { asked, told, lengths }
}

/*
 * | the watch                              | what comes next                         |
 * | ends, breaks off, or is refused for now | a watch from the last version that was told |
 * | tells that its version is forgotten    | a list                                  |
 * | tells an error, or is not served       | a list: what it told may not be all     |
 * | says nothing for 55 seconds            | a watch from the last version           |
 */
describe('a watch', () => {
  it.each<[string, Answer[], string[]]>([
    ['ends', [ends(event('MODIFIED', '5'))], ['list', '1', '5']],
    ['ends after a bookmark', [ends(event('MODIFIED', '5'), event('BOOKMARK', '7'))], ['list', '1', '7']],
    [
      'tells a version that looks older',
      [ends(event('MODIFIED', '9'), event('MODIFIED', '5'))],
      ['list', '1', '5'],
    ],
    [
      'tells versions that are no numbers',
      [ends(event('MODIFIED', 'b7'), event('BOOKMARK', 'a9'))],
      ['list', '1', 'a9'],
    ],
    ['breaks off', [{ lines: [event('MODIFIED', '5')], fate: 'breaks off' }], ['list', '1', '5']],
    ['is refused for now', [{ status: 503 }], ['list', '1', '1']],
    ['is answered 410', [{ status: 410 }], ['list', '1', 'list', '1']],
    ['is not served any more', [{ status: 404 }], ['list', '1', 'list', '1']],
    ['tells 410', [ends(event('MODIFIED', '5'), error(410))], ['list', '1', 'list', '1']],
    ['tells another error', [ends(event('MODIFIED', '5'), error(500))], ['list', '1', 'list', '1']],
  ])('that %s', async (_, answers, asked) => {
    expect((await watch(answers)).asked).toEqual(asked)
  })

  it.each<[string, Answer]>([
    ['is forgotten at once', { status: 410 }],
    ['ends with an error at once', ends(error(500))],
  ])('that %s, every time, is begun anew less and less often', async (_, answer) => {
    const { asked } = await watch(Array(1_000).fill(answer), { seconds: 60 })
    const lists = asked.filter((one) => one === 'list').length
    expect(lists).toBeGreaterThan(5)
    expect(lists).toBeLessThan(40)
  })

  it('is not begun by a list before the time that was asked for, as of a server that answers nonsense', async () => {
    const facts = {
      system: 'kubernetes',
      operation: 'list',
      target: 'dev',
      retryable: true,
      message: '',
    } as const
    const listError = new AdapterError({ ...facts, retryAfterMs: 60_000 })
    expect((await watch([], { listError, seconds: 150 })).asked).toEqual(['list', 'list', 'list'])
  })

  it('ends at another time than others, and before silence would end it', async () => {
    const { lengths } = await watch(
      Array.from({ length: 20 }, () => ends()),
      { seconds: 60 },
    )
    expect(new Set(lengths).size).toBeGreaterThan(5)
    expect([Math.min(...lengths) >= 40, Math.max(...lengths) < 50]).toEqual([true, true])
  })

  it.each([
    [50, ['list', '1']],
    [60, ['list', '1', '1']],
  ])('that is silent for %s seconds', async (seconds, asked) => {
    expect((await watch([{ fate: 'is silent' }], { seconds })).asked).toEqual(asked)
  })

  it('tells what a list shows to be gone, new or different, and nothing else', async () => {
    const lists = [
      [anObject('gone', '1'), anObject('changed', '1'), anObject('same', '1')],
      [anObject('changed', '2'), anObject('same', '1'), anObject('new', '2')],
    ]
    const { told } = await watch([{ status: 410 }], { lists })
    expect(told.slice(3)).toEqual(['MODIFIED changed', 'ADDED new', 'DELETED gone'])
  })

  it('is begun anew with a list within the hour, whatever it told', async () => {
    function* forEver() {
      for (;;) yield ends(event('MODIFIED', '5'))
    }
    const lists = async (seconds: number) =>
      (await watch(forEver(), { seconds, step: 20 })).asked.filter((what) => what === 'list').length
    expect(await lists(60)).toBe(1)
    expect(await lists(3_700)).toBe(2)
  })
})
