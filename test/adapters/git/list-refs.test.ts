import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createListRefs } from '../../../src/adapters/git/list-refs.ts'

const [one, two] = ['1'.repeat(40), '2'.repeat(40)]
const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text
const lines = (...texts: string[]) => texts.map((text) => packet(`${text}\n`)).join('')

const advertisement = (...abilities: string[]) =>
  `${lines('# service=git-upload-pack')}0000${lines(...abilities)}0000`
const version2 = advertisement('version 2', 'agent=git/2', 'ls-refs=unborn', 'fetch', 'object-format=sha1')
const refs = `${lines(`${one} refs/heads/main`, `${two} refs/pull/1/head`)}0000`

interface Asked {
  method?: string
  url?: string
  headers: IncomingMessage['headers']
  body: string
}

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

/** A server that answers each path by its line; and what it was asked. */
async function serve(answers: Record<string, (response: ServerResponse) => void>) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body })
      const answer = answers[request.url?.split('?')[0] ?? '']
      if (answer) answer(response)
      else response.writeHead(404).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => [server.closeAllConnections(), server.close()])
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/deploy.git`)
  return { asked, access: { scheme: 'http' as const, url, authorization: 'Basic c2VjcmV0' } }
}

const plain = (type: string, body: string) => (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${type}` }).end(body)
const good = {
  '/shop/deploy.git/info/refs': plain('advertisement', version2),
  '/shop/deploy.git/git-upload-pack': plain('result', refs),
}

describe('listing the refs of a remote', () => {
  it('asks once what the server can do, then one question per look', async () => {
    const { access, asked } = await serve(good)
    const listRefs = createListRefs({})
    const expected = new Map([
      ['refs/heads/main', one],
      ['refs/pull/1/head', two],
    ])
    expect(await listRefs(access, ['refs/heads/', 'refs/pull/'])).toEqual(expected)
    expect(await listRefs(access, ['refs/heads/'])).toEqual(expected)
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /shop/deploy.git/info/refs?service=git-upload-pack',
      'POST /shop/deploy.git/git-upload-pack',
      'POST /shop/deploy.git/git-upload-pack',
    ])
    expect(asked[1]?.body).toBe(
      `${lines('command=ls-refs', 'agent=drawbridge')}0016object-format=sha10001${lines(
        'ref-prefix refs/heads/',
        'ref-prefix refs/pull/',
      )}0000`,
    )
    for (const { headers } of asked)
      expect(headers).toMatchObject({ 'git-protocol': 'version=2', authorization: 'Basic c2VjcmV0' })
  })

  it('tells a repository without refs from an answer that is cut off', async () => {
    const path = '/shop/deploy.git/git-upload-pack'
    const empty = await serve({ ...good, [path]: plain('result', '0000') })
    expect(await createListRefs({})(empty.access, ['refs/'])).toEqual(new Map())
    for (const cut of ['', lines(`${one} refs/heads/main`), refs.slice(0, -5)]) {
      const { access } = await serve({ ...good, [path]: plain('result', cut) })
      expect(await createListRefs({})(access, ['refs/'])).toBeUndefined()
    }
  })

  it.each([
    [
      'speaks version 1',
      plain('advertisement', `${lines('# service=git-upload-pack')}0000${lines(one)}0000`),
    ],
    ['lists no refs', plain('advertisement', advertisement('version 2', 'fetch'))],
    [
      'names objects by SHA-256',
      plain('advertisement', advertisement('version 2', 'ls-refs', 'object-format=sha256')),
    ],
    ['answers with a page', plain('advertisement', '<html>')],
  ])('leaves a server that %s to git, and does not ask it again', async (_, answer) => {
    const { access, asked } = await serve({ ...good, '/shop/deploy.git/info/refs': answer })
    const listRefs = createListRefs({})
    expect(await listRefs(access, ['refs/'])).toBeUndefined()
    expect(await listRefs(access, ['refs/'])).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['refuses', (response: ServerResponse) => void response.writeHead(403).end('no')],
    ['hangs up', (response: ServerResponse) => void response.destroy()],
    ['never answers', () => undefined],
    ['stops in the middle', (response: ServerResponse) => void response.writeHead(200).write('00')],
    ['answers too much', plain('advertisement', 'x'.repeat(5_000))],
  ])('leaves a server that %s to git, and asks again', async (_, answer) => {
    const answers = { ...good, '/shop/deploy.git/info/refs': answer }
    const { access } = await serve(answers)
    const listRefs = createListRefs({}, { timeoutMs: 50, answerBytes: 4_000 })
    expect(await listRefs(access, ['refs/'])).toBeUndefined()
    Object.assign(answers, good)
    expect((await listRefs(access, ['refs/']))?.size).toBe(2)
  })

  it('follows no redirect: the token stays with the server it is for', async () => {
    const elsewhere = await serve(good)
    const redirect = (response: ServerResponse) =>
      void response.writeHead(301, { location: `${elsewhere.access.url.href}/info/refs` }).end()
    const { access } = await serve({ '/shop/deploy.git/info/refs': redirect })
    expect(await createListRefs({})(access, ['refs/'])).toBeUndefined()
    expect(elsewhere.asked).toEqual([])
  })

  it('goes through the proxy that git is told of', async () => {
    const proxy = await serve({})
    const environment = { http_proxy: proxy.access.url.origin }
    const url = new URL('http://git.invalid/shop/deploy.git')
    expect(await createListRefs(environment)({ scheme: 'http', url }, ['refs/'])).toBeUndefined()
    const direct = await serve(good)
    expect((await createListRefs({ ...environment, no_proxy: '127.0.0.1' })(direct.access, []))?.size).toBe(2)
  })
})
