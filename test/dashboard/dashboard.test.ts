import { describe, expect, it } from 'vitest'
import { createDashboard } from '../../src/dashboard/dashboard.ts'
import type { ReviewPage } from '../../src/dashboard/review-page.ts'
import { diffRenderings } from '../../src/features/diff/diff-renderings.ts'
import { aRelease, noon, reviewFacts, shop } from '../builders.ts'
import { anAuditRow, dashboardPorts, type Kept } from './dashboard-fakes.ts'

const hostile = `<img src=x onerror="alert('1')">`

async function open(path: string, kept: Kept = {}, ports: object = {}): Promise<Response> {
  const handler = createDashboard({ ...dashboardPorts(kept), ...ports })
  return handler(new Request(`http://127.0.0.1:3000${path}`))
}

async function read(path: string, kept: Kept = {}): Promise<string> {
  return (await open(path, kept)).text()
}

function aReviewPage(overrides: Partial<ReviewPage> = {}): ReviewPage {
  const { base, head } = reviewFacts()
  return {
    title: 'Raise checkout to 1.9.0',
    url: 'https://github.example/shop/config/pull/12',
    head: 'a'.repeat(40),
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
    diff: diffRenderings(base, head, { maskKey: 'key' }),
    ...overrides,
  }
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

  it('shows what the diff holds as text', async () => {
    const review = aReviewPage({ title: hostile })
    const object = review.diff.targets[0]?.objects[0]
    object?.hunks[0]?.lines.push(`+${hostile}`)
    object?.dangers.push({ code: 'x', field: '', sentence: hostile })
    const page = await read('/pulls/shop/config/12', { review })
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img')
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
