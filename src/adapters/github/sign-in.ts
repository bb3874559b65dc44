import { AdapterError } from '../../ports/adapter-error.ts'
import type { SignIn } from '../../ports/sign-in.ts'

export interface SignInOptions {
  /** Of the GitHub App: its settings page has both. */
  clientId: string
  clientSecret: string
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  apiUrl: string
  fetch: typeof fetch
}

/** GitHub answers within so long, or the person tries again. Milliseconds. */
const patienceMs = 10_000

/**
 * The web flow of a GitHub App. The token is used once, to ask who it belongs to, and forgotten: what a person may read is
 * asked with the app's own rights.
 * Source: GitHub Docs, "Generating a user access token for a GitHub App".
 */
export function createSignIn({ clientId, clientSecret, apiUrl, fetch }: SignInOptions): SignIn {
  const site = siteOf(apiUrl)

  return {
    address(state, callback) {
      const address = new URL(`${site}/login/oauth/authorize`)
      address.search = new URLSearchParams({ client_id: clientId, redirect_uri: callback, state }).toString()
      return address.href
    },

    async identify(code, callback) {
      const answer = await ask('sign-in', `${site}/login/oauth/access_token`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: clientId,
          client_secret: clientSecret,
          code,
          redirect_uri: callback,
        }),
      })
      // GitHub refuses a code with status 200 and `error`.
      const token = answer.access_token
      if (typeof token !== 'string') return undefined
      const { id, login } = await ask('user', `${apiUrl}/user`, {
        headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
      })
      return typeof id === 'number' && typeof login === 'string'
        ? { id: String(id), login, isBot: false }
        : undefined
    },
  }

  async function ask(operation: string, url: string, request: RequestInit): Promise<Record<string, unknown>> {
    try {
      const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(patienceMs) })
      if (!answer.ok) throw fault(operation, `answers ${answer.status}`)
      return (await answer.json()) as Record<string, unknown>
    } catch (error) {
      throw error instanceof AdapterError ? error : fault(operation, 'cannot be reached or understood')
    }
  }

  function fault(operation: string, message: string): AdapterError {
    return new AdapterError({ system: 'github', operation, target: site, retryable: true, message })
  }
}

/** Where people are, of the address where programs are. */
function siteOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl)
  return host === 'api.github.com' ? 'https://github.com' : `${protocol}//${host}`
}
