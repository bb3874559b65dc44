import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toApplyResult } from '../../../src/adapters/kubernetes/to-apply-result.ts'
import { splitLines } from '../../../src/adapters/kubernetes/split-lines.ts'
import { objectId } from '../../../src/domain/kubernetes-object.ts'
import { AdapterError } from '../../../src/ports/adapter-error.ts'
import type { WatchEvent } from '../../../src/ports/cluster.ts'
import { type RunningCluster, startCluster } from '../../emulator/cluster/start-cluster.ts'
import { aConfigMap } from '../../journeys/reconcile-target-doubles.ts'

describe('a cluster that is not well', () => {
  let running: RunningCluster
  let ticking: NodeJS.Timeout
  const apply = { fieldManager: 'drawbridge', force: false }
  const object = {
    ...aConfigMap('settings'),
    metadata: { name: 'settings', namespace: 'default', labels: { a: 'b' } },
  }

  beforeEach(async () => {
    running = await startCluster()
    await running.cluster.resources()
    ticking = setInterval(() => void running.clock.advance(50), 2)
  })
  afterEach(async () => {
    clearInterval(ticking)
    await running.stop()
  })
  const tries = () => running.emulator.requests.filter(({ verb }) => verb === 'apply').map(({ code }) => code)

  it('waits as long as it is asked to when there are too many requests', async () => {
    running.emulator.chaos.inject({ kind: 'error', code: 429, count: 2, retryAfterSeconds: 3 })
    const start = running.clock.now()
    expect(await running.cluster.apply(object, apply)).toMatchObject({ kind: 'applied' })
    expect(running.clock.now() - start).toBeGreaterThanOrEqual(6000)
    expect(tries()).toEqual([429, 429, 201])
  })

  it('tries again after a server error, and gives up in the end', async () => {
    running.emulator.chaos.inject({ kind: 'error', code: 503, count: 1 })
    expect(await running.cluster.apply(object, apply)).toMatchObject({ kind: 'applied' })
    running.emulator.chaos.inject({ kind: 'error', code: 500, count: 99 })
    const failure = await running.cluster.get(objectId(object)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AdapterError)
    expect(failure).toMatchObject({ system: 'kubernetes', retryable: true })
  })

  it('repeats a write whose answer was lost, without harm', async () => {
    running.emulator.chaos.inject({ kind: 'lost-answer', count: 1 })
    expect(await running.cluster.apply(object, apply)).toMatchObject({ kind: 'applied' })
    expect(tries()).toEqual([201, 200])
  })

  it('says that it cannot be reached', async () => {
    running.emulator.chaos.inject({ kind: 'unreachable' })
    await expect(running.cluster.list({ group: '', kind: 'ConfigMap' }, {})).rejects.toThrow(
      'cannot be reached',
    )
  })

  it.each(['closeWatches', 'cutWatches', 'stallWatches', 'expireWatches'] as const)(
    'a watch misses nothing after %s',
    async (fault) => {
      await running.cluster.apply(object, apply)
      const events: WatchEvent[] = []
      const stop = new AbortController()
      const handlers = { onEvent: (event: WatchEvent) => void events.push(event) }
      void running.cluster.watch({ group: '', kind: 'ConfigMap' }, { a: 'b' }, handlers, stop.signal)
      const values = () => events.map(({ type, object }) => [type, (object['data'] as { key: string }).key])
      const watches = () => running.emulator.requests.filter(({ verb }) => verb === 'watch').length
      await expect.poll(watches).toBe(1)
      expect(values()).toEqual([['ADDED', 'value']])
      running.emulator.chaos[fault]()
      running.emulator.edit(objectId(object), { data: { key: 'second' } })
      await expect.poll(values, { timeout: 8000 }).toEqual([
        ['ADDED', 'value'],
        ['MODIFIED', 'second'],
      ])
      running.emulator.delete(objectId(object))
      await expect.poll(() => values().at(-1)?.[0], { timeout: 8000 }).toBe('DELETED')
      stop.abort()
    },
  )

  const configMaps = { group: '', kind: 'ConfigMap' }
  /** Virtual milliseconds until `happened` is true. */
  const timeUntil = async (happened: () => boolean) => {
    const start = running.clock.now()
    await expect.poll(happened, { timeout: 15_000, interval: 1 }).toBe(true)
    return running.clock.now() - start
  }

  it('finds within a minute that a watch has become silent, though its connection stays open', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    const handlers = { onEvent: ({ type }: WatchEvent) => void seen.push(type) }
    void running.cluster.watch(configMaps, { a: 'b' }, handlers, stop.signal)
    await expect.poll(() => running.emulator.requests.some(({ verb }) => verb === 'watch')).toBe(true)
    running.emulator.chaos.stallWatches()
    await running.cluster.apply(object, apply)
    expect(await timeUntil(() => seen.includes('ADDED'))).toBeLessThan(60_000)
    stop.abort()
  })

  it('finds within a minute that nobody answers, though connections stay open', async () => {
    running.emulator.chaos.inject({ kind: 'silence' })
    const stop = new AbortController()
    let isDown = false
    const handlers = { onEvent: () => undefined, onConnection: (isUp: boolean) => void (isDown ||= !isUp) }
    void running.cluster.watch(configMaps, {}, handlers, stop.signal)
    const writes = running.cluster.apply(object, apply).catch((error: unknown) => error)
    expect(await timeUntil(() => isDown)).toBeLessThan(60_000)
    expect(await writes).toMatchObject({ message: expect.stringContaining('does not answer') })
    expect(tries()).toEqual([])
    stop.abort()
  })

  it('stays away from a watch as long as it is asked to', async () => {
    running.emulator.chaos.inject({
      kind: 'error',
      code: 429,
      count: 1,
      verb: 'watch',
      retryAfterSeconds: 30,
    })
    const stop = new AbortController()
    void running.cluster.watch(configMaps, {}, { onEvent: () => undefined }, stop.signal)
    const watches = () => running.emulator.requests.filter(({ verb }) => verb === 'watch')
    await expect.poll(() => watches().length, { timeout: 8000 }).toBe(2)
    const [refused, again] = watches()
    expect(again!.at - refused!.at).toBeGreaterThanOrEqual(30_000)
    stop.abort()
  })

  it('says which credentials are not accepted without showing them', async () => {
    const other = await startCluster('other')
    const kubeconfig = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      clusters: [{ name: 'x', cluster: { server: other.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'x', user: { token: 'canary-token' } }],
      contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    })
    const { createCluster } = await import('../../../src/adapters/kubernetes/create-cluster.ts')
    const { silentLog, seededRandom } = await import('../../emulator/cluster/start-cluster.ts')
    const cluster = createCluster({
      name: 'x',
      kubeconfig,
      clock: running.clock,
      random: seededRandom(),
      log: silentLog,
    })
    const failure = await cluster.resources().catch((error: unknown) => error)
    expect(String(failure)).toContain('not accepted')
    expect(String(failure)).not.toContain('canary-token')
    await cluster.close()
    await other.stop()
  })
})

describe('what an answer means', () => {
  const invalid = (field: string, message: string) => ({
    status: 422,
    body: {
      reason: 'Invalid',
      message,
      details: { causes: [{ reason: 'FieldValueInvalid', message, field }] },
    },
  })

  it('a refused Secret is told by field, never by value', () => {
    const reply = invalid('data[password]', 'Invalid value: "hunter2": must be base64')
    expect(toApplyResult(reply)).toEqual({
      kind: 'invalid',
      fields: ['data[password]'],
      reason: 'data[password]: the value is not valid',
      immutable: [],
    })
  })

  it('an admission refusal keeps its words and loses quoted values', () => {
    const body = {
      message: 'admission webhook denied the request: spec.token: Invalid value: "hunter2": is weak',
    }
    const result = toApplyResult({ status: 403, body })
    expect(result).toMatchObject({ kind: 'denied', reason: expect.stringContaining('is weak') })
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  it.each([502, 418])('%i is not an answer to an apply', (status) => {
    expect(toApplyResult({ status, body: undefined })).toBeUndefined()
  })
})

describe('lines of a watch', () => {
  const read = async (...chunks: string[]) => {
    const source = async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk, 'latin1')
    }
    const lines: string[] = []
    for await (const line of splitLines(source())) lines.push(line)
    return lines
  }
  it.each`
    case                        | chunks                  | lines
    ${'one chunk, two lines'}   | ${['a\nb\n']}           | ${['a', 'b']}
    ${'a line in three chunks'} | ${['a', 'b', 'c\nd\n']} | ${['abc', 'd']}
    ${'a half line at the end'} | ${['a\nb']}             | ${['a']}
    ${'blank lines'}            | ${['\n\na\n']}          | ${['a']}
    ${'a letter cut in two'}    | ${['\xc3', '\xbc\n']}   | ${['ü']}
    ${'nothing'}                | ${[]}                   | ${[]}
  `('$case', async ({ chunks, lines }) => {
    expect(await read(...chunks)).toEqual(lines)
  })

  it('without an end are not kept', async () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    await expect(read(...Array.from({ length: 17 }, () => megabyte))).rejects.toThrow('too long')
  })
})
