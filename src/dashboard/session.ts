import type { Context } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import type { Actor } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'

export interface SessionOptions {
  /** Key of the signatures. Another one signs everybody out. */
  secret: string
  /** The dashboard is reached by https: its cookies are never sent in the clear. */
  isSecure: boolean
  clock: Clock
}

/** Signed cookies: who somebody is, and on the way to GitHub, what comes back and where to go then. Nothing is kept here. */
export interface Session {
  reader(context: Context): Promise<Actor | undefined>
  begin(context: Context, reader: Actor): Promise<void>
  end(context: Context): void
  leave(context: Context, journey: Journey): Promise<void>
  /** Once only. */
  comeBack(context: Context): Promise<Journey | undefined>
}

export interface Journey {
  state: string
  /** A path of the dashboard. */
  to: string
}

/** Milliseconds; a working day, and the time to type a password. */
const sessionMs = 8 * 3_600_000
const journeyMs = 10 * 60_000

export function createSession({ secret, isSecure, clock }: SessionOptions): Session {
  const names = { session: name('drawbridge'), journey: name('drawbridge-sign-in') }
  // Lax: what another site's form or script sends does not carry it, a link to a page does.
  const attributes = { path: '/', httpOnly: true, secure: isSecure, sameSite: 'Lax' } as const

  return {
    async reader(context) {
      const value = await read<Actor>(context, names.session)
      return value && { id: value.id, login: value.login, isBot: false }
    },
    begin: (context, { id, login }) => write(context, names.session, { id, login }, sessionMs),
    end: (context) => void deleteCookie(context, names.session, attributes),
    leave: (context, journey) => write(context, names.journey, journey, journeyMs),
    async comeBack(context) {
      const journey = await read<Journey>(context, names.journey)
      deleteCookie(context, names.journey, attributes)
      return journey
    },
  }

  /** Browsers take `__Host-` only from this very host, by https. */
  function name(base: string): string {
    return isSecure ? `__Host-${base}` : base
  }

  async function write(context: Context, cookie: string, value: object, lifeMs: number): Promise<void> {
    const content = JSON.stringify({ ...value, for: cookie, until: clock.now() + lifeMs })
    const text = Buffer.from(content).toString('base64url')
    await setSignedCookie(context, cookie, text, secret, { ...attributes, maxAge: lifeMs / 1000 })
  }

  async function read<T>(context: Context, cookie: string): Promise<T | undefined> {
    const text = await getSignedCookie(context, secret, cookie)
    if (!text) return undefined
    const value = JSON.parse(Buffer.from(text, 'base64url').toString()) as T & { for: string; until: number }
    return value.for === cookie && value.until > clock.now() ? value : undefined
  }
}
