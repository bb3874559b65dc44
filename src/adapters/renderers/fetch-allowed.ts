import { isIP } from 'node:net'
import { Agent, request } from 'undici'
import { isPublicAddress } from './is-public-address.ts'
import { lookupPublic } from './lookup-public.ts'

export interface AllowedHosts {
  /** Host names, with a port where it is not the usual one. */
  hosts: readonly string[]
  /** Those of them that may have an address inside: this machine, its network. */
  privateHosts: readonly string[]
}

export type Fetched =
  { status: number; headers: Record<string, unknown>; body: Uint8Array } | { refusal: string }

/** Of registries that hand archives to a store of their own; each target has to be allowed by itself. */
const mostRedirects = 3
const patienceMs = 30_000

/**
 * GET from an allowed host. The address that its name has is looked at before anything is sent, and it is the one that
 * is connected to. No credentials but `token`, which goes to the first host alone.
 */
export async function fetchAllowed(
  address: string,
  allowed: AllowedHosts,
  mostBytes: number,
  token?: string,
): Promise<Fetched> {
  let url = new URL(address)
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const refusal = refuseUrl(url, allowed)
    if (refusal !== undefined) return { refusal }
    const answer = await get(url, allowed, mostBytes, redirects === 0 ? token : undefined)
    const location = 'refusal' in answer ? undefined : answer.headers.location
    if ('refusal' in answer || answer.status < 300 || answer.status > 399 || typeof location !== 'string') {
      return answer
    }
    url = new URL(location, url)
  }
  return { refusal: `${url.host} redirects more than ${mostRedirects} times` }
}

function refuseUrl(url: URL, { hosts, privateHosts }: AllowedHosts): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `${url.protocol} is not fetched`
  if (url.username !== '' || url.password !== '') return 'an address with credentials is not fetched'
  const isPrivate = privateHosts.includes(url.host)
  if (!isPrivate && !hosts.includes(url.host)) return `${url.host} is not in DRAWBRIDGE_CHART_HOSTS`
  const plain = url.hostname.replace(/^\[|\]$/g, '')
  if (!isPrivate && isIP(plain) > 0 && !isPublicAddress(plain)) return `${url.host} is an address inside`
  return undefined
}

async function get(url: URL, allowed: AllowedHosts, mostBytes: number, token?: string): Promise<Fetched> {
  const isPrivate = allowed.privateHosts.includes(url.host)
  const agent = new Agent({
    connect: { lookup: isPrivate ? undefined : lookupPublic(), timeout: patienceMs },
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
  })
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > mostBytes) return { refusal: `${url.host} sends more than ${mostBytes / 1024 / 1024} MB` }
      chunks.push(chunk)
    }
    return { status: statusCode, headers, body: Buffer.concat(chunks) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause'
    return {
      refusal:
        code === 'EPRIVATE' ? `${url.host} has an address inside` : `${url.host} cannot be reached (${code})`,
    }
  } finally {
    void agent.destroy()
  }
}
