import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCluster } from '../../../src/adapters/kubernetes/create-cluster.ts'
import { AdapterError } from '../../../src/ports/adapter-error.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import {
  machineClock,
  type RunningCluster,
  seededRandom,
  silentLog,
  startCluster,
} from '../../emulator/cluster/start-cluster.ts'

type Answer = (response: ServerResponse, tries: number) => void

const configMaps = { group: '', kind: 'ConfigMap' }
const json = (body: unknown): Answer => {
  return (response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
}
const aList = (items: unknown, more: object = {}) =>
  json({ items, metadata: { resourceVersion: '1', ...more } })
const chunk = Buffer.alloc(1024 * 1024, ' ')

/** A server that says it is Kubernetes, and lists ConfigMaps as it likes. */
async function startHostile(honest: RunningCluster, answer: Answer) {
  let tries = 0
  const server = createServer((request, response) => {
    if (request.url?.includes('/configmaps')) return answer(response, (tries += 1))
    const headers = { authorization: `Bearer ${honest.token}`, accept: request.headers.accept ?? '' }
    void fetch(honest.url + request.url, { headers }).then(async (found) => {
      response.writeHead(found.status, { 'content-type': found.headers.get('content-type') ?? '' })
      response.end(await found.text())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { server, url, tries: () => tries }
}

function openCluster(url: string, clock: Clock = machineClock) {
  const kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'a',
    clusters: [{ name: 'a', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'a', user: { token: 'a' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
  })
  // No pauses between tries.
  const random = { ...seededRandom(), number: () => 0 }
  return createCluster({ name: 'hostile', kubeconfig, clock, random, log: silentLog })
}

/** Time goes by as fast as somebody waits for it. */
function hurriedClock(): Clock {
  let now = 0
  return {
    now: () => now,
    async sleep(ms) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      now += ms
    },
  }
}

describe('X6: an API server that means harm', () => {
  let honest: RunningCluster
  const ends: (() => Promise<unknown> | void)[] = []
  beforeEach(async () => {
    honest = await startCluster('honest', machineClock)
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
    await honest.stop()
  })

  const listFrom = async (answer: Answer, clock?: Clock) => {
    const hostile = await startHostile(honest, answer)
    const cluster = openCluster(hostile.url, clock)
    ends.push(
      () => cluster.close(),
      () => hostile.server.closeAllConnections(),
      () => void hostile.server.close(),
    )
    let names: string[] = []
    const error = await cluster.list(configMaps, {}).then(
      ({ objects }) => void (names = objects.map(({ metadata }) => metadata.name)),
      (reason: unknown) => reason,
    )
    return { error, names, tries: hostile.tries() }
  }

  it.each<[string, Answer, isNonsense?: boolean]>([
    ['no JSON', (response) => void response.end('<html>'), true],
    ['half a JSON', (response) => void response.end('{"items": ['), true],
    ['something else than a list', json({ kind: 'Status', status: 'Success' }), true],
    ['a list of nothing that lists', aList('x'), true],
    ['items that are none', aList([1, null]), true],
    ['a list without a version', json({ items: [] }), true],
    [
      'pages without end',
      aList(
        Array.from({ length: 20_000 }, () => ({ metadata: {} })),
        { continue: 'more' },
      ),
      true,
    ],
    ['headers without end', (response) => void response.setHeader('x', 'a'.repeat(64 * 1024)).end('{}')],
    ['nothing', (response) => void response.destroy()],
  ])(
    'that answers %s is a cluster that cannot be reached, and nothing worse',
    async (_, answer, isNonsense) => {
      const { error } = await listFrom(answer)
      expect(error).toBeInstanceOf(AdapterError)
      // To read it again and again would hold up who answers sense.
      expect((error as AdapterError).retryAfterMs).toBe(isNonsense ? 60_000 : undefined)
    },
  )

  const gone: Answer = (response) => void response.writeHead(410).end('{"kind":"Status","code":410}')

  it('that forgets each list while it is read is a cluster that cannot be reached', async () => {
    const { error, tries } = await listFrom((response, asked) =>
      (asked % 2 === 1 ? aList([], { continue: 'more' }) : gone)(response, asked),
    )
    expect(error).toMatchObject({ name: 'AdapterError', retryable: true })
    expect(tries).toBe(6)
  })

  it('that has forgotten the next page is asked for everything anew', async () => {
    const item = (name: string) => ({ metadata: { name, namespace: 'shop' } })
    const answers = [
      aList([item('first'), item('deleted-since')], { continue: 'more' }),
      gone,
      aList([item('first')], { continue: 'more' }),
      aList([item('second')]),
    ]
    const { names } = await listFrom((response, asked) => answers[asked - 1]!(response, asked))
    expect(names).toEqual(['first', 'second'])
  })

  it('that redirects is not followed', async () => {
    const asked: string[] = []
    const other = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('{}')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    ends.push(() => void other.close())
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/latest/meta-data`
    const { error } = await listFrom((response) => void response.writeHead(302, { location }).end())
    expect(error).toBeInstanceOf(AdapterError)
    expect(asked).toEqual([])
  })

  it('that sends without end is not read to the end, and not asked again', async () => {
    const { error, tries } = await listFrom((response) => {
      const send = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', send)
      send()
    })
    expect(error).toMatchObject({
      message: expect.stringContaining('larger than 64 MB'),
      retryAfterMs: 60_000,
    })
    expect(tries).toBe(1)
  })

  it('that sends a byte now and then is given up, while another cluster answers at once', async () => {
    const drip: Answer = (response) => {
      const timer = setInterval(() => response.write(' '), 2)
      response.on('close', () => clearInterval(timer))
    }
    const slow = listFrom(drip, hurriedClock())
    const { objects } = await honest.cluster.list(configMaps, {})
    expect(objects).toEqual([])
    expect((await slow).error).toBeInstanceOf(AdapterError)
  })
})
