import type { Context, Hono } from 'hono'
import type { Visitor } from './access.ts'
import type { Random } from '../ports/random.ts'
import type { SignIn } from '../ports/sign-in.ts'
import { messagePage } from './layout.ts'
import type { Session } from './session.ts'

export interface SignInRoutes {
  signIn: SignIn
  session: Session
  random: Random
  /** Of the dashboard, without a slash at the end. */
  url: string
}

const callbackPath = '/sign-in/callback'

/** The way to GitHub and back, and out. */
export function addSignIn(app: Hono<Visitor>, { signIn, session, random, url }: SignInRoutes): void {
  const callback = `${url}${callbackPath}`

  app.get('/sign-in', async (context) => {
    const state = Buffer.from(random.bytes(24)).toString('base64url')
    await session.leave(context, { state, to: ownPath(context.req.query('to')) })
    return context.redirect(signIn.address(state, callback))
  })

  app.get(callbackPath, async (context) => {
    const journey = await session.comeBack(context)
    const { state, code } = context.req.query()
    // A code that another browser was sent for must not sign this one in.
    const reader =
      journey && code && journey.state === state ? await signIn.identify(code, callback) : undefined
    if (!journey || !reader) return refuse(context)
    await session.begin(context, reader)
    return context.redirect(journey.to)
  })

  app.post('/sign-out', (context) => {
    if (context.req.header('origin') !== new URL(url).origin) return refuse(context)
    session.end(context)
    return context.html(messagePage('Signed out', 'You are signed out of Drawbridge.'))
  })
}

function refuse(context: Context): Response | Promise<Response> {
  const sentence = 'GitHub’s answer did not belong to a sign-in that this browser began. Open the page again.'
  return context.html(messagePage('Not signed in', sentence), 403)
}

/** Only a path of our own: `//evil.example` and `/\evil.example` are other sites. */
export function ownPath(path: string | undefined): string {
  const base = 'http://own.invalid'
  if (!path?.startsWith('/') || !URL.canParse(path, base)) return '/'
  const address = new URL(path, base)
  return address.origin === base ? `${address.pathname}${address.search}` : '/'
}

/** Where somebody signs in to come back to this address; a script is told so by the status. */
export function askToSignIn(context: Context<Visitor>): Response | Promise<Response> {
  const { pathname, search } = new URL(context.req.url)
  const isPage = context.req.header('accept')?.includes('text/html') ?? false
  if (!isPage) return context.text('sign in', 401)
  return context.redirect(`/sign-in?to=${encodeURIComponent(`${pathname}${search}`)}`)
}
