import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCharts } from '../../../src/adapters/renderers/charts.ts'
import { isPublicAddress } from '../../../src/adapters/renderers/is-public-address.ts'
import { systemRandom } from '../../../src/adapters/system/system-random.ts'
import type { ChartPin } from '../../../src/domain/chart-pin.ts'
import { aTar } from '../../features/rendering/a-tar.ts'
import { hasPinnedTools, openRenderer } from './open-renderer.ts'

const archive = gzipSync(
  aTar([
    { path: 'part/Chart.yaml', text: 'apiVersion: v2\nname: part\nversion: 1.2.3\n' },
    {
      path: 'part/templates/a.yaml',
      text: [
        'apiVersion: v1',
        'kind: ConfigMap',
        'metadata: {name: from-part}',
        'data: {place: "{{ .Values.place }}", word: "{{ .Values.word }}", number: "{{ .Values.number }}"}',
        '',
      ].join('\n'),
    },
    { path: 'part/values-eu.yaml', text: 'place: eu' },
  ]),
)
const bomb = gzipSync(aTar([{ path: 'part/Chart.yaml', text: 'x'.repeat(30 * 1024 * 1024) }]))
const digestOf = (content: Uint8Array) => `sha256:${createHash('sha256').update(content).digest('hex')}`

describe('charts of other hosts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-charts-test-'))
  const seen: string[] = []
  let server: Server
  let host = ''

  beforeAll(async () => {
    const entry = (url: string, version = '1.2.3') => ({ version, urls: [url] })
    server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization ?? ''}`.trim())
      const answer = (status: number, body: string | Uint8Array = '', headers = {}) =>
        response.writeHead(status, headers).end(body)
      const url = request.url ?? ''
      if (url === '/index.yaml') {
        const entries = {
          part: [
            entry('archives/part.tgz'),
            entry('http://169.254.169.254/part.tgz', '2.0.0'),
            entry('away.tgz', '3.0.0'),
            entry('large.tgz', '4.0.0'),
            entry('bomb.tgz', '5.0.0'),
          ],
        }
        return answer(200, JSON.stringify({ apiVersion: 'v1', entries }))
      }
      if (url === '/archives/part.tgz') return answer(200, archive)
      if (url === '/bomb.tgz') return answer(200, bomb)
      if (url === '/large.tgz') return answer(200, Buffer.alloc(6 * 1024 * 1024))
      if (url === '/away.tgz') return answer(302, '', { location: 'http://internal.example/part.tgz' })
      if (url.startsWith('/token?')) return answer(200, JSON.stringify({ token: 'anonymous' }))
      if (url === `/v2/charts/part/blobs/${digestOf(archive)}`) {
        if (request.headers.authorization === 'Bearer anonymous')
          return answer(307, '', { location: '/archives/part.tgz' })
        return answer(401, '', {
          'www-authenticate': `Bearer realm="http://${host}/token",service="s",scope="pull"`,
        })
      }
      return answer(404)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = (
    pin: Partial<ChartPin>,
    allowed = { hosts: [] as string[], privateHosts: [host] },
    folders: string[] = [],
  ) =>
    createCharts({ allowed, folders, random: systemRandom }).open({
      repository: `http://${host}`,
      name: 'part',
      version: '1.2.3',
      digest: digestOf(archive),
      ...pin,
    })

  it('are fetched as the index lists them, once for each hash', async () => {
    const folders = ['/dev/null/never-a-folder', join(folder, 'kept')]
    const { files } = await open({}, undefined, folders)
    expect([...(files?.keys() ?? [])]).toEqual(['Chart.yaml', 'templates/a.yaml', 'values-eu.yaml'])
    const before = seen.length
    expect((await open({}, undefined, folders)).files?.size).toBe(3)
    expect(seen.length).toBe(before)
  })

  it('are fetched from a registry by their hash, with a token that anybody gets, and none for its store', async () => {
    seen.length = 0
    const { files } = await open({ repository: `oci://${host}/charts` })
    expect(files?.size).toBe(3)
    expect(seen).toEqual([
      `/v2/charts/part/blobs/${digestOf(archive)}`,
      '/token?service=s&scope=pull',
      `/v2/charts/part/blobs/${digestOf(archive)} Bearer anonymous`,
      '/archives/part.tgz',
    ])
  })

  it.each`
    case                                    | pin                                             | code                       | reason
    ${'another hash'}                       | ${{ digest: `sha256:${'0'.repeat(64)}` }}       | ${'CHART_DIGEST_DIFFERS'}  | ${digestOf(archive)}
    ${'a version that is not listed'}       | ${{ version: '9.9.9' }}                         | ${'CHART_NOT_FOUND'}       | ${'lists no part 9.9.9'}
    ${'an archive on the metadata service'} | ${{ version: '2.0.0' }}                         | ${'CHART_NOT_FETCHED'}     | ${'169.254.169.254 is not in'}
    ${'a redirect to another host'}         | ${{ version: '3.0.0' }}                         | ${'CHART_NOT_FETCHED'}     | ${'internal.example is not in'}
    ${'an archive that is too large'}       | ${{ version: '4.0.0' }}                         | ${'CHART_NOT_FETCHED'}     | ${'more than 5 MB'}
    ${'K13 an archive that is a bomb'}      | ${{ version: '5.0.0', digest: digestOf(bomb) }} | ${'CHART_ARCHIVE_REFUSED'} | ${'more than 20 MB'}
  `(
    'are refused: $case',
    async ({ pin, code, reason }: { pin: Partial<ChartPin>; code: string; reason: string }) => {
      expect(await open(pin)).toMatchObject({ code, refusal: expect.stringContaining(reason) })
    },
  )

  it('K15 are not asked of hosts that the operator did not allow, nor of addresses inside', async () => {
    const before = seen.length
    expect(await open({}, { hosts: [], privateHosts: [] })).toMatchObject({ code: 'CHART_NOT_FETCHED' })
    expect(await open({}, { hosts: [host], privateHosts: [] })).toMatchObject({
      refusal: expect.stringContaining('an address inside'),
    })
    const byName = host.replace('127.0.0.1', 'localhost')
    expect(
      await open({ repository: `http://${byName}` }, { hosts: [byName], privateHosts: [] }),
    ).toMatchObject({
      refusal: expect.stringContaining('an address inside'),
    })
    expect(await open({ repository: `http://user:secret@${host}` })).toMatchObject({
      refusal: expect.stringContaining('credentials'),
    })
    expect(seen.length).toBe(before)
  })

  it.runIf(hasPinnedTools)('are put beside the chart that depends on them', async () => {
    const texts = {
      'app/Chart.yaml': `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: part, version: ^1.0.0, repository: "http://${host}/"}\n`,
      'app/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n',
    }
    const pin = { repository: `http://${host}`, name: 'part', version: '1.2.3', digest: digestOf(archive) }
    const opened = openRenderer({ chartHosts: { hosts: [], privateHosts: [host] } })
    const { objects, problems } = await opened.render(texts, { renderer: 'helm', charts: [pin] })
    expect(problems).toEqual([])
    expect(objects.map((object) => object.metadata.name).toSorted()).toEqual(['from-part', 'own'])
    const refused = await opened.render(texts, { renderer: 'helm' })
    expect(refused.problems).toMatchObject([{ code: 'CHART_NOT_ALLOWED', path: 'app/Chart.yaml', line: 5 }])
    expect(refused.problems[0]?.fix).toContain('digest: "sha256:')
    opened.close()
  })

  it.runIf(hasPinnedTools)(
    'are rendered by themselves, with values of this repository and of their own',
    async () => {
      const texts = { 'argo/part.yaml': 'kind: Application', 'env/prod.yaml': 'word: prod' }
      const opened = openRenderer({ chartHosts: { hosts: [], privateHosts: [host] } })
      const remoteChart = {
        repository: `oci://${host}/charts`,
        name: 'part',
        version: '1.2.3',
        digest: digestOf(archive),
      }
      const source = {
        renderer: 'helm' as const,
        path: 'argo/part.yaml',
        valueFiles: ['.drawbridge-chart/values-eu.yaml', 'env/prod.yaml'],
        helm: { parameters: [{ name: 'number', value: '7', isText: true }] },
      }
      const { objects, problems } = await opened.render(texts, { ...source, remoteChart })
      expect(problems).toEqual([])
      expect(objects).toMatchObject([
        { metadata: { name: 'from-part' }, data: { place: 'eu', word: 'prod', number: '7' } },
      ])

      const { digest: _, ...unpinned } = remoteChart
      const refused = await opened.render(texts, { ...source, remoteChart: unpinned })
      expect(refused.problems).toMatchObject([{ code: 'CHART_NOT_ALLOWED', path: 'argo/part.yaml', line: 1 }])
      const differs = await opened.render(texts, {
        ...source,
        remoteChart: { ...remoteChart, repository: `http://${host}`, digest: `sha256:${'0'.repeat(64)}` },
      })
      expect(differs.problems).toMatchObject([{ code: 'CHART_DIGEST_DIFFERS', path: 'argo/part.yaml' }])
      opened.close()
    },
  )

  it.runIf(hasPinnedTools)(
    'are inflated for kustomize, which then changes them like its other resources',
    async () => {
      const entry = { name: 'part', version: '1.2.3', repo: `http://${host}`, releaseName: 'r' }
      const own = { name: 'own', releaseName: 'o', valuesFile: 'values.yaml', valuesInline: { b: 'inline' } }
      const texts = {
        'app/kustomization.yaml': JSON.stringify({
          namePrefix: 'a-',
          resources: ['../base'],
          helmCharts: [own],
        }),
        'app/values.yaml': 'a: file\nb: file',
        'app/charts/own/Chart.yaml': 'apiVersion: v2\nname: own\nversion: 1.0.0',
        'app/charts/own/values.yaml': 'a: default\nc: default',
        'app/charts/own/templates/a.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {a: "{{ .Values.a }}", b: "{{ .Values.b }}", c: "{{ .Values.c }}"}\n',
        'base/kustomization.yaml': JSON.stringify({ nameSuffix: '-z', helmCharts: [entry] }),
      }
      const pin = { repository: `http://${host}`, name: 'part', version: '1.2.3', digest: digestOf(archive) }
      const opened = openRenderer({ chartHosts: { hosts: [], privateHosts: [host] } })
      const { objects, problems } = await opened.render(texts, { charts: [pin] })
      opened.close()
      expect(problems).toEqual([])
      expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a-from-part-z', 'a-own'])
      expect(objects.at(-1)).toMatchObject({ data: { a: 'file', b: 'inline', c: 'default' } })
    },
  )
})

describe('an address inside', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    'ff02::1',
  ])('%s', (address) => expect(isPublicAddress(address)).toBe(false))

  it.each(['1.1.1.1', '140.82.121.4', '2606:4700::1111', '172.32.0.1', '100.128.0.1'])('not %s', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  )
})
