import { createHash } from 'node:crypto'
import { type AgentPlace } from '../../domain/agent.ts'
import type { Instant } from '../../domain/refs.ts'
import { signSsh, verifySsh } from '../attestation/ssh-signature.ts'

/**
 * Who asks, for what, when: sent with every request of an agent in one header, its signature in another. The body is in it
 * as a hash, so that nobody makes the app read more than a header who is not an agent.
 */
export interface AgentCredential {
  purpose: 'report' | 'hints'
  /** GitHub's number of the repository. */
  repository: string
  place: AgentPlace
  /** The agent's clock. */
  at: Instant
  /** SHA-256 of the body, hexadecimal; of the empty text where there is none. */
  body: string
}

export const credentialHeader = 'drawbridge-agent'
export const signatureHeader = 'drawbridge-signature'

/** What agents sign, apart from what commits and anything else are signed as. */
const namespace = 'drawbridge-agent'

/** How far the clocks of agent and app may be apart. */
const mostSkewMs = 5 * 60_000

/** A header is cut by some proxies above this. */
const mostHeaderBytes = 4_000

export function hashOfBody(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

/** The two headers of a request. */
export function signCredential(credential: AgentCredential, privateKey: string): Record<string, string> {
  const text = Buffer.from(JSON.stringify(credential)).toString('base64url')
  const signature = Buffer.from(signSsh(text, privateKey, namespace)).toString('base64url')
  return { [credentialHeader]: text, [signatureHeader]: signature }
}

/** Reads the header; undefined where it is none. Nothing of it is believed before its signature is checked. */
export function readCredential(header: unknown): AgentCredential | undefined {
  if (typeof header !== 'string' || header.length > mostHeaderBytes) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
    return isCredential(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isCredential(value: unknown): value is AgentCredential {
  const { purpose, repository, place, at, body } = (value ?? {}) as Partial<AgentCredential>
  return (
    (purpose === 'report' || purpose === 'hints') &&
    isName(repository) &&
    isName(place?.environment) &&
    isName(place.cluster) &&
    (place.slice === undefined || isSlice(place.slice)) &&
    Number.isSafeInteger(at) &&
    typeof body === 'string'
  )
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 100
}

function isSlice({ index, of }: Partial<NonNullable<AgentPlace['slice']>>): boolean {
  return (
    Number.isSafeInteger(index) &&
    Number.isSafeInteger(of) &&
    Number(index) >= 1 &&
    Number(index) <= Number(of)
  )
}

/** Why a credential is not believed; undefined where it is. */
export function refuseCredential(
  credential: AgentCredential,
  headers: { credential: string; signature: unknown },
  keys: readonly string[],
  now: Instant,
): { code: 'AGENT_UNKNOWN' | 'AGENT_CLOCK'; message: string } | undefined {
  const signature =
    typeof headers.signature === 'string' ? Buffer.from(headers.signature, 'base64url').toString('utf8') : ''
  if (!verifySsh(headers.credential, signature, keys, namespace)) {
    const { environment, cluster } = credential.place
    const message = `no key that is declared for the agent of ${cluster} in ${environment} made this signature; list the agent's public key under clusters: ${cluster}: agent: in .drawbridge.yaml`
    return { code: 'AGENT_UNKNOWN', message }
  }
  const skew = credential.at - now
  if (Math.abs(skew) <= mostSkewMs) return undefined
  const seconds = Math.round(skew / 1000)
  const message = `the agent's clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} the app's; set both by NTP`
  return { code: 'AGENT_CLOCK', message }
}
