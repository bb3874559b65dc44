import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSignIn } from '../../src/adapters/github/sign-in.ts'
import type { Access } from '../../src/dashboard/access.ts'
import { createDashboard } from '../../src/dashboard/dashboard.ts'
import { createReaders } from '../../src/dashboard/readers.ts'
import { createSession } from '../../src/dashboard/session.ts'
import { ownPath } from '../../src/dashboard/sign-in-routes.ts'
import type { Permission } from '../../src/domain/pull.ts'
import { aRelease, noon } from '../builders.ts'
import { countingRandom, createWorld } from '../emulator/github/world.ts'
import { anAuditRow, dashboardPorts } from './dashboard-fakes.ts'

const url = 'http://127.0.0.1:3000'
const callbackUrl = `${url}/sign-in/callback`
const oauth = { clientId: 'Iv1.0123456789', clientSecret: 'a-client-secret', callbackUrl }

let world: Awaited<ReturnType<typeof createWorld>>
beforeAll(async () => {
  world = await createWorld()
  const [app] = world.github.state.apps.values()
  if (app) app.oauth = oauth
})
afterAll(() => world.close())

/** A dashboard in front of the emulated GitHub; permissions by login, and the time can be moved. */
function aDashboard(permissions: Record<string, Permission | 'fails'> = {}) {
  let now = noon
  const asked: string[] = []
  const { clock, ...ports } = dashboardPorts({ releases: [aRelease()], audit: [anAuditRow()] })
  const moving = { ...clock, now: () => now }
  const github = {
    permission: async (_: unknown, { login }: { login: string }) => {
      asked.push(login)
      const permission = permissions[login] ?? 'none'
      if (permission === 'fails') throw new Error('GitHub is away')
      return permission
    },
  }
  const access: Access = {
    kind: 'readers',
    url,
    random: countingRandom(),
    readers: createReaders(github, moving),
    session: createSession({ secret: 'a key', isSecure: false, clock: moving }),
    signIn: createSignIn({ ...oauth, apiUrl: `${world.github.url()}/api/v3`, fetch }),
  }
  const handle = createDashboard({ ...ports, clock: moving, access })
  return {
    asked,
    pass: (ms: number) => (now += ms),
    open: async (path: string, cookie = '', request: RequestInit = {}) =>
      handle(new Request(`${url}${path}`, { headers: { accept: 'text/html', cookie }, ...request })),
  }
}

type Dashboard = ReturnType<typeof aDashboard>

const cookieOf = (answer: Response) => answer.headers.getSetCookie().at(-1)?.split(';')[0] ?? ''

/** What a browser and a person do: to GitHub, the button there, and back. */
async function authorize(dashboard: Dashboard, login: string, to = '/') {
  const start = await dashboard.open(`/sign-in?to=${encodeURIComponent(to)}`)
  const asked = new URL(start.headers.get('location') ?? '')
  const form = await fetch(`${asked.origin}/login/oauth/authorize`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: asked.origin, cookie: `act_as=${login}` },
    body: new URLSearchParams(asked.search),
  })
  const back = new URL(form.headers.get('location') ?? '')
  return { back: `${back.pathname}${back.search}`, cookie: cookieOf(start), asked }
}

async function signIn(dashboard: Dashboard, login: string, to?: string) {
  const { back, cookie } = await authorize(dashboard, login, to)
  const answer = await dashboard.open(back, cookie)
  return { answer, cookie: cookieOf(answer) }
}

describe('signing in', () => {
  it('goes to GitHub and comes back to the page that was asked for', async () => {
    const dashboard = aDashboard({ ada: 'read' })
    const asked = await dashboard.open('/audit?subject=x')
    expect([asked.status, asked.headers.get('location')]).toEqual([302, '/sign-in?to=%2Faudit%3Fsubject%3Dx'])
    const { answer } = await signIn(dashboard, 'ada', '/audit?subject=x')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/audit?subject=x'])
  })

  it('keeps no token: the cookie says who it is, and no script can read it', async () => {
    const dashboard = aDashboard({ ada: 'read' })
    const { answer, cookie } = await signIn(dashboard, 'ada')
    expect(answer.headers.getSetCookie().at(-1)).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/)
    const [token] = [...world.github.state.userTokens.keys()].slice(-1)
    const content = Buffer.from(cookie.split('=')[1]?.split('.')[0] ?? '', 'base64url').toString()
    expect(JSON.parse(content)).toMatchObject({ login: 'ada' })
    expect(content).not.toContain(token)
    expect(await (await dashboard.open('/', cookie)).text()).toContain('Sign out ada')
  })

  it.each<[string, (way: { back: string; cookie: string }) => [string, string]]>([
    ['without the cookie of its beginning', ({ back }) => [back, '']],
    ['with another state', ({ back, cookie }) => [back.replace(/state=[^&]*/, 'state=other'), cookie]],
    [
      'with a code that GitHub does not know',
      ({ back, cookie }) => [back.replace(/code=[^&]*/, 'code=x'), cookie],
    ],
    ['with a cookie that was changed', ({ back, cookie }) => [back, cookie.replace('=e', '=f')]],
  ])('is refused %s', async (_, change) => {
    const dashboard = aDashboard({ ada: 'read' })
    const answer = await dashboard.open(...change(await authorize(dashboard, 'ada')))
    expect(answer.status).toBe(403)
    expect(cookieOf(answer)).not.toMatch(/^drawbridge=./)
  })

  it('takes a code once', async () => {
    const dashboard = aDashboard({ ada: 'read' })
    const { back, cookie } = await authorize(dashboard, 'ada')
    expect((await dashboard.open(back, cookie)).status).toBe(302)
    expect((await dashboard.open(back, cookie)).status).toBe(403)
  })

  it('ends after a working day, and by the button', async () => {
    const dashboard = aDashboard({ ada: 'read' })
    const { cookie } = await signIn(dashboard, 'ada')
    const out = { method: 'POST', headers: { cookie, origin: url } }
    expect(cookieOf(await dashboard.open('/sign-out', cookie, out))).toBe('drawbridge=')
    dashboard.pass(8 * 3_600_000)
    expect((await dashboard.open('/', cookie)).status).toBe(302)
  })

  it('does not end by another site’s form', async () => {
    const dashboard = aDashboard({ ada: 'read' })
    const request = { method: 'POST', headers: { origin: 'https://evil.example' } }
    expect((await dashboard.open('/sign-out', '', request)).status).toBe(403)
  })

  it('takes the cookie of the way for no session', async () => {
    const dashboard = aDashboard({ ada: 'read' })
    const { cookie } = await authorize(dashboard, 'ada')
    const swapped = cookie.replace('drawbridge-sign-in=', 'drawbridge=')
    expect((await dashboard.open('/', swapped)).status).toBe(302)
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', undefined])(
    'does not go on to %s',
    (to) => {
      expect(ownPath(to)).toBe('/')
    },
  )
})

describe('what a reader sees', () => {
  const pages = ['/', '/board', '/api/board', '/audit', '/events', '/pulls/shop/config/12', '/nothing']

  it.each(pages)('nobody sees %s without signing in', async (path) => {
    const dashboard = aDashboard()
    expect((await dashboard.open(path)).status).toBe(302)
    expect((await dashboard.open(path, '', { headers: {} })).status).toBe(401)
  })

  it.each`
    permission | board    | audit
    ${'admin'} | ${true}  | ${200}
    ${'read'}  | ${true}  | ${200}
    ${'none'}  | ${false} | ${403}
    ${'fails'} | ${false} | ${403}
  `('with permission $permission', async ({ permission, board, audit }) => {
    const dashboard = aDashboard({ ada: permission })
    const { cookie } = await signIn(dashboard, 'ada')
    expect((await (await dashboard.open('/', cookie)).text()).includes('checkout')).toBe(board)
    expect((await (await dashboard.open('/api/board', cookie)).text()).includes('checkout')).toBe(board)
    expect((await dashboard.open('/audit', cookie)).status).toBe(audit)
  })

  it('a review that is not for them is not found, like one that is not there', async () => {
    const dashboard = aDashboard({ ada: 'none' })
    const { cookie } = await signIn(dashboard, 'ada')
    const [hidden, absent] = await Promise.all(
      ['/pulls/shop/config/12', '/pulls/shop/absent/12'].map((path) => dashboard.open(path, cookie)),
    )
    expect([hidden?.status, absent?.status]).toEqual([404, 404])
    expect((await hidden?.text())?.replaceAll('config', 'absent')).toBe(await absent?.text())
  })

  it('a right that was taken away is noticed within a minute', async () => {
    const permissions: Record<string, Permission> = { ada: 'read' }
    const dashboard = aDashboard(permissions)
    const { cookie } = await signIn(dashboard, 'ada')
    const sees = async () => (await (await dashboard.open('/board', cookie)).text()).includes('checkout')
    expect(await sees()).toBe(true)
    permissions.ada = 'none'
    expect(await sees()).toBe(true)
    dashboard.pass(60_000)
    expect(await sees()).toBe(false)
    expect(dashboard.asked).toHaveLength(2)
  })
})

describe('without sign-in', () => {
  it.each`
    access         | status
    ${'everybody'} | ${200}
    ${'nobody'}    | ${403}
  `('$access: $status', async ({ access, status }) => {
    const handle = createDashboard({ ...dashboardPorts(), access: { kind: access } })
    expect((await handle(new Request(`${url}/`))).status).toBe(status)
  })

  it('there is no way to GitHub', async () => {
    const handle = createDashboard(dashboardPorts())
    expect((await handle(new Request(`${url}/sign-in`))).status).toBe(404)
  })
})

it('cookies are for this very host where the dashboard is reached by https', async () => {
  const session = createSession({ secret: 'k', isSecure: true, clock: { ...dashboardPorts().clock } })
  const app = new Hono().get('/', async (context) => {
    await session.begin(context, { id: '1', login: 'ada', isBot: false })
    return context.text('')
  })
  expect((await app.request('/')).headers.get('set-cookie')).toMatch(/^__Host-drawbridge=.*; Secure;/)
})
