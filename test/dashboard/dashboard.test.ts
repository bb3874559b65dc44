import { describe, expect, it } from 'vitest'
import { createDashboard } from '../../src/dashboard/dashboard.ts'
import type { RepositoryDiff } from '../../src/domain/object-diff.ts'
import { diffRenderings } from '../../src/features/diff/diff-renderings.ts'
import { toReviewPage } from '../../src/features/review/review-page.ts'
import { aRelease, noon, reviewFacts, shop } from '../builders.ts'
import { writeReviewComment } from '../../src/features/review/write-review-comment.ts'
import { write } from '../features/review/review-builders.ts'
import { anAuditRow, dashboardPorts, type Kept } from './dashboard-fakes.ts'

const hostile = `<img src=x onerror="alert('1')">`

async function open(path: string, kept: Kept = {}, ports: object = {}): Promise<Response> {
  const handler = createDashboard({ ...dashboardPorts(kept), ...ports })
  return handler(new Request(`http://127.0.0.1:3000${path}`))
}

async function read(path: string, kept: Kept = {}): Promise<string> {
  return (await open(path, kept)).text()
}

function aReviewPage(overrides: { title?: string; url?: string; diff?: RepositoryDiff } = {}) {
  const { base, head } = reviewFacts()
  const pull = {
    title: 'Raise checkout to 1.9.0',
    url: 'https://github.example/shop/config/pull/12',
    headSha: 'a'.repeat(40),
    baseSha: 'b'.repeat(40),
  }
  const diff = overrides.diff ?? diffRenderings(base, head, { maskKey: 'key' })
  return toReviewPage({ ...pull, ...overrides }, diff, {
    affected: [],
    verdicts: [
      {
        gate: 'window',
        outcome: 'wait',
        reason: 'prod is closed',
        details: ['office hours'],
        until: noon,
        fix: 'nothing to do',
      },
    ],
  })
}

describe('the board', () => {
  const drift = {
    at: noon,
    object: 'Deployment shop/checkout',
    fields: [],
    manager: 'kubectl',
    healed: true,
    count: 1,
  }
  const releases = [
    aRelease({ pull: 12, drift }),
    aRelease({
      target: { application: 'search', environment: 'prod', cluster: 'prod-us' },
      phase: 'degraded',
      reason: 'web is not ready',
    }),
  ]

  it('shows phase, revision, pull request, drift and why something is not healthy', async () => {
    const page = await read('/', { releases })
    for (const text of [
      'shop/config',
      'prod-eu',
      'ccccccc',
      'href="/pulls/shop/config/12"',
      'drift healed: Deployment shop/checkout (kubectl)',
      'web is not ready',
      '1 degraded',
      '2026-11-19 12:00 UTC',
    ]) {
      expect(page).toContain(text)
    }
  })

  it('says who paused what is healthy', async () => {
    const pause = { environment: 'prod', application: '*', reason: 'a migration', by: 'ada', at: noon }
    const paused = aRelease({ reason: 'paused by ada since 2026-11-19T12:00Z: a migration', pause })
    const shown = '<small class="reason">paused by ada since 2026-11-19T12:00Z: a migration</small>'
    expect(await read('/', { releases: [paused] })).toContain(shown)
  })

  it('shows names as text, whatever they hold', async () => {
    const page = await read('/', {
      repository: { ...shop, name: hostile },
      releases: [
        aRelease({
          target: { application: hostile, environment: hostile, cluster: hostile },
          revision: hostile,
          reason: hostile,
          phase: 'degraded',
          pull: 12,
          drift: { ...drift, object: hostile, manager: hostile },
        }),
      ],
    })
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;')
  })

  it('answers the live part alone, and the same as JSON', async () => {
    const fragment = await read('/board', { releases })
    expect(fragment).not.toContain('<html')
    expect(fragment).toContain('<table')
    const answer = await open('/api/board', { releases })
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toMatchObject([
      {
        repository: 'shop/config',
        rows: [
          { application: 'checkout', cells: [{ phase: 'healthy', pull: 12 }, null] },
          { application: 'search' },
        ],
      },
    ])
  })

  it('says so where nothing is released', async () => {
    expect(await read('/')).toContain('Nothing is released yet')
  })

  it('is there without the order of the environments', async () => {
    const answer = await open(
      '/',
      { releases },
      { environments: () => Promise.reject(new Error('no mirror')) },
    )
    expect(answer.status).toBe(200)
  })

  it('says that it cannot be read, and not why', async () => {
    const store = { releases: { list: () => Promise.reject(new Error('password=secret')) } }
    const answer = await open('/', {}, { store })
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toContain('secret')
  })
})

describe('the page of a review', () => {
  it('shows gates and the whole diff', async () => {
    const page = await read('/pulls/shop/config/12', { review: aReviewPage() })
    for (const text of [
      'Raise checkout to 1.9.0',
      'href="https://github.example/shop/config/pull/12"',
      'prod is closed',
      'until <time',
      'Deployment shop/checkout',
      'registry.shop.example/checkout:1.8.0',
      'registry.shop.example/checkout:1.9.0',
    ]) {
      expect(page).toContain(text)
    }
    expect(page).toMatch(
      /<span class="minus">- [^<]*1\.8\.0<\/span><span class="plus">\+ [^<]*1\.9\.0<\/span>/,
    )
  })

  it('shows what the diff holds as text, and what is hidden in it', async () => {
    const { base, head } = reviewFacts()
    const diff = diffRenderings(base, head, { maskKey: 'key' })
    const [target] = diff.targets
    const [object] = target?.objects ?? []
    object?.hunks[0]?.lines.push(`+${hostile}\u202Eb`)
    object?.dangers.push({ code: 'x', field: '', sentence: hostile })
    if (target) target.target.application = hostile
    const page = await read('/pulls/shop/config/12', { review: aReviewPage({ title: hostile, diff }) })
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img')
    expect(page).toContain('‹U+202E›b')
  })

  it('begins with the dangers, and has the places that the comment links to', async () => {
    const { base, head } = reviewFacts()
    const diff = diffRenderings(base, head, { maskKey: 'key' })
    diff.targets[0]?.objects[0]?.dangers.push({ code: 'x', field: '', sentence: 'All pods stop.' })
    const review = aReviewPage({ diff })
    const page = await read('/pulls/shop/config/12', { review })
    expect(page.indexOf('All pods stop.')).toBeLessThan(page.indexOf('Gates'))
    const anchors = [...page.matchAll(/href="#([to]-[0-9a-f]{12})"/g)].map(([, anchor]) => anchor)
    expect(anchors.length).toBeGreaterThanOrEqual(3)
    expect(anchors.filter((anchor) => !page.includes(`id="${anchor}"`))).toEqual([])
    const comment = writeReviewComment(write, {
      head: 'a',
      base: 'b',
      affected: [],
      verdicts: [],
      findings: [],
      problems: [],
      diff,
      links: { dashboard: 'https://drawbridge.example/pulls/shop/config/12' },
    })
    const linked = [...comment.matchAll(/#([to]-[0-9a-f]{12})\)/g)].map(([, anchor]) => anchor)
    expect(linked.length).toBeGreaterThanOrEqual(2)
    expect(linked.filter((anchor) => !page.includes(`id="${anchor}"`))).toEqual([])
  })

  it('closes what it opens, around every object', async () => {
    const page = await read('/pulls/shop/config/12', { review: aReviewPage() })
    expect(page.match(/<\/?(main|section|details|body)\b/g)?.join(' ')).toBe(
      '<body <main <details </details <details </details <section <details </details </section </main </body',
    )
  })

  it('says which part is not kept any more', async () => {
    const { page } = aReviewPage()
    const text = await read('/pulls/shop/config/12', { review: { page, parts: new Map() } })
    expect(text).toContain('not kept any more')
    expect(text).toContain('</html>')
  })

  it('sends the top before it reads the first object, and objects one part after the other', async () => {
    const review = aReviewPage({ diff: aLargeDiff(4_000) })
    const { store, ...ports } = dashboardPorts({ review })
    const asked: string[] = []
    const cache = {
      ...store.cache,
      get: (key: string) => {
        asked.push(key)
        return store.cache.get(key)
      },
    }
    const answer = await createDashboard({ ...ports, store: { ...store, cache } })(
      new Request('http://127.0.0.1:3000/pulls/shop/config/12'),
    )
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    const first = await reader.read()
    expect(first.value).toContain('<!doctype html>')
    expect(review.parts.size).toBeGreaterThan(8)
    expect(asked.length).toBeLessThan(4)
    let size = 0
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) size += piece.value.length
    expect(size).toBeGreaterThan(1_000_000)
    expect(asked).toHaveLength(review.parts.size + 1)
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'not an address', '//evil.example'])(
    'does not link to %s',
    async (url) => {
      expect(await read('/pulls/shop/config/12', { review: aReviewPage({ url }) })).not.toContain(
        `href="${url}"`,
      )
    },
  )

  it.each([
    '/pulls/shop/config/13',
    '/pulls/shop/other/12',
    '/pulls/shop/config/x',
    '/pulls/shop',
    '/nothing',
  ])('does not find %s', async (path) => {
    const answer = await open(path, { review: aReviewPage() })
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('Not found')
  })

  it('shows the address asked for as text', async () => {
    const page = await read(`/pulls/${encodeURIComponent(hostile)}/x/1`)
    expect(page).not.toContain('<img')
  })
})

/** So many objects of one application, each with some lines. */
function aLargeDiff(count: number): RepositoryDiff {
  const lines = Array.from({ length: 12 }, (_, index) => `+  line ${index} ${'x'.repeat(30)}`)
  const objects = Array.from({ length: count }, (_, index) => ({
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    namespace: 'shop',
    name: `config-${index}`,
    change: 'added' as const,
    dangers: [],
    fields: [],
    foldedLines: 0,
    hunks: [
      { oldStart: 0, oldLines: 0, newStart: 1, newLines: 12, lines: lines.map((line) => `${line} ${index}`) },
    ],
  }))
  const target = { application: 'checkout', environment: 'prod', cluster: 'prod-eu' }
  return { base: 'a', head: 'b', problems: [], targets: [{ target, source: 'apps', objects }] }
}

describe('the audit', () => {
  const audit = [anAuditRow({ reason: hostile }), anAuditRow({ sequence: 2, subject: 'comment/101#13' })]

  it('lists what was done, as text', async () => {
    const page = await read('/audit', { audit })
    expect(page).toContain('merge-pull')
    expect(page).toContain('/audit?subject=merge%2F101%2312')
    expect(page).not.toContain('<img')
  })

  it('shows one subject alone', async () => {
    const page = await read('/audit?subject=merge%2F101%2312', { audit })
    expect(page).toContain('merge/101#12')
    expect(page).not.toContain('comment/101#13')
  })

  it('says so where nothing is recorded', async () => {
    expect(await read('/audit')).toContain('Nothing is recorded yet')
  })
})

describe('what every answer carries', () => {
  it.each(['/', '/board', '/api/board', '/audit', '/nothing', '/dashboard.css', '/dashboard.js'])(
    '%s',
    async (path) => {
      const { headers } = await open(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-security-policy')).not.toContain('unsafe-inline')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
    },
  )

  it('runs no script and no style that stands in a page', async () => {
    const pages = await Promise.all(
      ['/', '/audit', '/pulls/shop/config/12'].map((path) =>
        read(path, { releases: [aRelease()], review: aReviewPage(), audit: [anAuditRow()] }),
      ),
    )
    for (const page of pages) {
      expect(page).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/)
    }
  })

  it('reads only', async () => {
    const handler = createDashboard(dashboardPorts())
    const answer = await handler(new Request('http://127.0.0.1:3000/', { method: 'POST' }))
    expect(answer.status).toBe(404)
  })
})

describe('the events', () => {
  async function listen() {
    const ports = dashboardPorts()
    const answer = await createDashboard(ports)(new Request('http://127.0.0.1:3000/events'))
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    const next = async () => (await reader.read()).value
    return { ...ports, answer, reader, next }
  }

  it('tell of a change', async () => {
    const { answer, changes, next } = await listen()
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    changes.announce()
    expect(await next()).toBe('data: changed\n\n')
    changes.announce()
    expect(await next()).toBe('data: changed\n\n')
  })

  it('tell once of many changes that nobody read yet', async () => {
    const { changes, clock, next } = await listen()
    for (let count = 0; count < 100; count++) changes.announce()
    expect(await next()).toBe('data: changed\n\n')
    await expect.poll(() => clock.sleepers()).toBe(1)
    clock.pass()
    expect(await next()).toBe('event: heartbeat\ndata: \n\n')
  })

  it('stop when the page is closed', async () => {
    const { changes, clock, reader } = await listen()
    expect(clock.sleepers()).toBe(1)
    await reader.cancel()
    await expect.poll(() => clock.sleepers()).toBe(0)
    changes.announce()
    expect(clock.sleepers()).toBe(0)
  })
})
