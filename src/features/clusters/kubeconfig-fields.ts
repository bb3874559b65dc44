export interface KubeconfigOptions {
  /** Of tests and demonstrations: clusters on this machine, also without TLS. */
  isLoopbackAllowed?: boolean
}

/** What is wrong with the value of a field; undefined where nothing is. No answer quotes the value. */
export type FieldRules = ReadonlyMap<
  string,
  (value: string, options: KubeconfigOptions) => string | undefined
>

/** All that is taken over of a cluster, and what it must look like. */
export const clusterFields: FieldRules = new Map([
  ['server', serverFault],
  ['certificate-authority-data', pemFault],
])

/** All that is taken over of a user. */
export const userFields: FieldRules = new Map([
  ['client-certificate-data', pemFault],
  ['client-key-data', pemFault],
  ['token', tokenFault],
])

/** Fields by which a kubeconfig reaches further than to its API server. */
export const dangers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    exec: 'runs a program on this machine',
    'auth-provider': 'runs a program or asks another server for credentials',
    tokenFile: 'reads a file of this machine',
    'certificate-authority': 'reads a file of this machine',
    'client-certificate': 'reads a file of this machine',
    'client-key': 'reads a file of this machine',
    'proxy-url': 'sends credentials by another server',
    'insecure-skip-tls-verify': 'believes any server',
    'tls-server-name': 'believes a server of another name',
    username: 'is basic authentication, which no API server accepts any more',
    password: 'is basic authentication, which no API server accepts any more',
    as: 'acts as somebody else',
    'as-uid': 'acts as somebody else',
    'as-groups': 'acts as somebody else',
    'as-user-extra': 'acts as somebody else',
  }),
)

function serverFault(value: string, { isLoopbackAllowed = false }: KubeconfigOptions): string | undefined {
  const url = URL.parse(value)
  if (url === null) return 'is no address'
  const isLoopback = /^(localhost|127\..*|\[::1\]|\[::ffff:7f.*\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(isLoopbackAllowed && isLoopback && url.protocol === 'http:'))
    return 'does not begin with https://'
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return 'holds more than host, port and path'
  if (isLoopback && !isLoopbackAllowed) return 'is this machine'
  if (/^(169\.254\..*|\[fe[89ab].*|\[::ffff:a9fe.*|0\.0\.0\.0|\[::\]|metadata(\..*)?)$/.test(url.hostname))
    return 'is an address of this machine’s own network, where clouds keep their credentials'
  return undefined
}

function pemFault(value: string): string | undefined {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) return 'is no Base64'
  return Buffer.from(value, 'base64').toString('latin1').includes('-----BEGIN ') ? undefined : 'is no PEM'
}

function tokenFault(value: string): string | undefined {
  return /^[\x21-\x7e]{1,16384}$/.test(value) ? undefined : 'is no token'
}
