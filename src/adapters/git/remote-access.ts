import { AdapterError } from '../../ports/adapter-error.ts'

/** Where a mirror comes from: an address of our own records, never of content. */
export interface Remote {
  url: string
  token?: () => Promise<string>
  /** Milliseconds that git may take for one transfer. */
  transferMs: number
}

export interface RemoteAccess {
  scheme: 'https' | 'http' | 'file'
  /** Undefined for a folder of this machine. */
  url?: URL
  /** The value of the `Authorization` header; for the remote's own origin only. */
  authorization?: string
}

/** What may be used to talk to the remote. Plain http is for this machine (an emulator) alone. */
export async function remoteAccess(remote: Remote, target: string): Promise<RemoteAccess> {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined
  const scheme = remote.url.startsWith('/') ? 'file' : url?.protocol.replace(':', '')
  if (scheme === 'file') return { scheme }
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url?.hostname ?? '')
  const isAllowed = scheme === 'https' || (scheme === 'http' && isLoopback)
  if (!isAllowed || !url || url.password || url.username) {
    throw new AdapterError({
      system: 'git',
      operation: 'transport',
      target,
      retryable: false,
      message: 'the address must be https (or http on this machine, or a file) and name no account',
    })
  }
  const basic = remote.token && Buffer.from(`x-access-token:${await remote.token()}`).toString('base64')
  return { scheme, url, ...(basic && { authorization: `Basic ${basic}` }) }
}
