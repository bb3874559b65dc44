import { createPrivateKey } from 'node:crypto'
import type { AllowedHosts } from '../adapters/renderers/fetch-allowed.ts'
import type { Problem } from '../domain/problem.ts'
import type { RendererPlugin } from '../domain/renderer-plugin.ts'
import { readPrivateKey } from '../features/attestation/ssh-key.ts'
import { type MetricsAccess, readMetricsAccess } from './metrics-access.ts'
import { readKubeconfigs } from './read-kubeconfigs.ts'
import { readRendererPlugins } from './renderer-plugins.ts'
import {
  createSettingReader,
  type Environment,
  hasProtocol,
  isWebAddress,
  settingProblem,
} from './setting-reader.ts'

/** What the operator says, by environment variables. Names and meanings are in docs/operating.md. */
export interface Settings {
  appId: string
  /** PEM of the GitHub App's RSA key. */
  privateKey: string
  /** Where it was read, to be read again when GitHub refuses it; absent: it does not change. */
  privateKeyFile?: string
  /** One, or two while the secret is rotated. */
  webhookSecrets: string[]
  /** `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. */
  githubApiUrl: string
  port: number
  host: string
  /** Where people find the dashboard. */
  publicUrl: string
  /** SQLite, mirrors and caches. */
  dataFolder: string
  databaseUrl?: string
  /** PEM of the Ed25519 key that signs the rendered refs and our own commits. */
  signingKey: string
  /** OpenSSH public keys whose signatures are believed besides our own: former keys. */
  trustedKeys: string[]
  /** What Alertmanager shows as its bearer token; two while it is rotated, none: alerts are not taken. */
  alertTokens?: string[]
  /** Of the metrics server that SLOs are measured by. */
  metrics?: MetricsAccess
  /** Of the GitHub App, for signing in to the dashboard; without it the pages are shown on a loopback address only. */
  signIn?: { clientId: string; clientSecret: string }
  /** Kubeconfig text by cluster name. */
  kubeconfigs: Map<string, string>
  /** Where they were read, to be read again when credentials change; absent: they do not. */
  kubeconfigFolder?: string
  /** Identities (uid of kube-system) of replaced clusters that are accepted in place of those before. */
  acceptedIdentities?: string[]
  /** Renderers besides the official ones; see `DRAWBRIDGE_PLUGINS`. */
  plugins: RendererPlugin[]
  /** Hosts that allowed charts are fetched from. */
  chartHosts: AllowedHosts
  /** Of git: where programs are, proxies and certificate bundles. */
  gitEnvironment: Record<string, string>
  /** Key of the fingerprints that stand for secret values; kept the same over restarts. */
  maskKey: string
  logLevel: LogLevel
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** Reads and checks everything at once, so that one start shows every setting that is missing or wrong. */
export function readSettings(environment: Environment): { settings?: Settings; problems: Problem[] } {
  const reader = createSettingReader(environment)
  const port = reader.optional('PORT', isPort, 'a port', 'use a number from 0 to 65535') ?? '3000'
  const settings: Settings = {
    appId: reader.required(
      'DRAWBRIDGE_APP_ID',
      (value) => /^[0-9]+$/.test(value),
      'the number of an app',
      'the number on the settings page of your GitHub App',
    ),
    privateKey: toLines(
      reader.required(
        'DRAWBRIDGE_PRIVATE_KEY',
        isRsaKey,
        'an RSA key in PEM',
        'the PEM file that GitHub gave you; DRAWBRIDGE_PRIVATE_KEY_FILE names it',
      ),
    ),
    ...(environment.DRAWBRIDGE_PRIVATE_KEY_FILE && {
      privateKeyFile: environment.DRAWBRIDGE_PRIVATE_KEY_FILE,
    }),
    webhookSecrets: [
      reader.required(
        'DRAWBRIDGE_WEBHOOK_SECRET',
        isSecret,
        'long enough',
        'the secret of the app’s webhook, at least 24 characters: `openssl rand -hex 32`',
      ),
      reader.optional(
        'DRAWBRIDGE_WEBHOOK_SECRET_PREVIOUS',
        isSecret,
        'long enough',
        'use at least 24 characters',
      ),
    ].filter((secret) => secret !== undefined),
    githubApiUrl: withoutSlash(
      reader.optional('GITHUB_API_URL', isWebAddress, 'an address', 'use https://HOST/api/v3') ??
        'https://api.github.com',
    ),
    port: Number(port),
    host: environment.HOST || '127.0.0.1',
    publicUrl: withoutSlash(
      reader.optional('DRAWBRIDGE_URL', isWebAddress, 'an address', 'use https://HOST') ??
        `http://127.0.0.1:${port}`,
    ),
    dataFolder: environment.DRAWBRIDGE_DATA || '.drawbridge',
    databaseUrl: reader.optional(
      'DATABASE_URL',
      isPostgresAddress,
      'the address of a PostgreSQL database',
      'use postgres://USER:PASSWORD@HOST/DATABASE',
    ),
    signingKey: toLines(
      reader.required(
        'DRAWBRIDGE_SIGNING_KEY',
        isEd25519Key,
        'an Ed25519 key',
        'an Ed25519 key in PEM: `openssl genpkey -algorithm ed25519 -out signing.pem`; DRAWBRIDGE_SIGNING_KEY_FILE names it',
      ),
    ),
    trustedKeys: toKeys(
      reader.optional(
        'DRAWBRIDGE_TRUSTED_KEYS',
        (value) => toKeys(value).every((key) => /^ssh-ed25519 [A-Za-z0-9+/=]+( .*)?$/.test(key)),
        'a list of OpenSSH public keys',
        'write one ssh-ed25519 key on each line',
      ) ?? '',
    ),
    ...readAlertTokens(reader),
    metrics: readMetricsAccess(reader),
    signIn: readSignIn(reader),
    kubeconfigs: readKubeconfigs(environment.DRAWBRIDGE_CLUSTERS, reader.problems),
    ...(environment.DRAWBRIDGE_CLUSTERS && { kubeconfigFolder: environment.DRAWBRIDGE_CLUSTERS }),
    ...(environment.DRAWBRIDGE_ACCEPT_IDENTITY && {
      acceptedIdentities: environment.DRAWBRIDGE_ACCEPT_IDENTITY.split(/[\s,]+/).filter((uid) => uid !== ''),
    }),
    plugins: readRendererPlugins(environment.DRAWBRIDGE_PLUGINS, reader.problems),
    chartHosts: readChartHosts(environment),
    gitEnvironment: pick(environment, ofGit),
    maskKey: reader.required(
      'DRAWBRIDGE_MASK_KEY',
      (value) => value.length >= 32,
      'long enough',
      'any 32 random characters: `openssl rand -hex 16`',
    ),
    logLevel: (reader.optional('LOG_LEVEL', isLogLevel, 'a level', `use one of ${logLevels.join(', ')}`) ??
      'info') as LogLevel,
  }
  return reader.problems.length > 0 ? { problems: reader.problems } : { settings, problems: [] }
}

/** Host names, with a port where it is not the usual one, separated by commas or blanks. */
export function readChartHosts(environment: Environment): AllowedHosts {
  const list = (text: string | undefined) => (text ?? '').split(/[\s,]+/).filter((host) => host !== '')
  return {
    hosts: list(environment.DRAWBRIDGE_CHART_HOSTS),
    privateHosts: list(environment.DRAWBRIDGE_CHART_PRIVATE_HOSTS),
  }
}

/** What a child process of git needs of its surroundings; nothing else is handed on. */
const ofGit = [
  'PATH',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
]

function pick(environment: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name]
      return value ? [[name, value]] : []
    }),
  )
}

function readAlertTokens(reader: ReturnType<typeof createSettingReader>): Pick<Settings, 'alertTokens'> {
  const names = ['DRAWBRIDGE_ALERT_TOKEN', 'DRAWBRIDGE_ALERT_TOKEN_PREVIOUS']
  const alertTokens = names.flatMap(
    (name) => reader.optional(name, isSecret, 'long enough', 'use at least 24 characters') ?? [],
  )
  return alertTokens.length > 0 ? { alertTokens } : {}
}

/** Both or none. */
function readSignIn(reader: ReturnType<typeof createSettingReader>): Settings['signIn'] {
  const names = ['DRAWBRIDGE_CLIENT_ID', 'DRAWBRIDGE_CLIENT_SECRET'] as const
  const [clientId, clientSecret] = names.map((name) =>
    reader.optional(
      name,
      (value) => value.length >= 8,
      'long enough',
      'copy it from the settings of your GitHub App',
    ),
  )
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret }
  const missing = names[clientId === undefined ? 0 : 1]
  if (clientId !== undefined || clientSecret !== undefined) {
    reader.problems.push(
      settingProblem(
        'SETTING_MISSING',
        missing,
        'is not set, but its neighbour is',
        'set both, or neither for no sign-in',
      ),
    )
  }
  return undefined
}

function isPort(value: string): boolean {
  return /^[0-9]{1,5}$/.test(value) && Number(value) <= 65_535
}

function isSecret(value: string): boolean {
  return value.length >= 24
}

function isLogLevel(value: string): boolean {
  return logLevels.some((level) => level === value)
}

function isPostgresAddress(value: string): boolean {
  return hasProtocol(value, ['postgres:', 'postgresql:'])
}

function isRsaKey(value: string): boolean {
  try {
    return createPrivateKey(toLines(value)).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

function isEd25519Key(value: string): boolean {
  try {
    readPrivateKey(toLines(value))
    return true
  } catch {
    return false
  }
}

/** Where variables hold one line only, a PEM is written with `\n` in place of its line ends. */
function toLines(pem: string): string {
  return pem.includes('\n') ? pem : pem.replaceAll('\\n', '\n')
}

function toKeys(text: string): string[] {
  return text
    .split('\n')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '')
}
