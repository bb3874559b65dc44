import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Problem } from '../domain/problem.ts'

/** What the operator says, by environment variables. Names and meanings are in docs/operating.md. */
export interface Settings {
  appId: string
  /** PEM of the GitHub App's RSA key. */
  privateKey: string
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
  prometheusUrl?: string
  /** Kubeconfig text by cluster name. */
  kubeconfigs: Map<string, string>
  /** Key of the fingerprints that stand for secret values; kept the same over restarts. */
  maskKey: string
  logLevel: LogLevel
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

type Environment = Record<string, string | undefined>

/** Reads and checks everything at once, so that one start shows every setting that is missing. */
export function readSettings(environment: Environment): { settings?: Settings; problems: Problem[] } {
  const problems: Problem[] = []
  const required = (name: string, fix: string): string => {
    const value = readValue(environment, name, problems)
    if (!value) problems.push(missing(name, fix))
    return value ?? ''
  }
  const port = Number(environment.PORT ?? '3000')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(
      problem(
        'SETTING_INVALID',
        'PORT',
        `"${environment.PORT}" is not a port`,
        'use a number from 0 to 65535',
      ),
    )
  }
  const settings: Settings = {
    appId: required('DRAWBRIDGE_APP_ID', 'the number on the settings page of your GitHub App'),
    privateKey: required(
      'DRAWBRIDGE_PRIVATE_KEY',
      'the PEM file that GitHub gave you; DRAWBRIDGE_PRIVATE_KEY_FILE names it',
    ),
    webhookSecrets: [
      required('DRAWBRIDGE_WEBHOOK_SECRET', 'the secret of the app’s webhook, at least 24 characters'),
      readValue(environment, 'DRAWBRIDGE_WEBHOOK_SECRET_PREVIOUS', problems) ?? '',
    ].filter((secret) => secret !== ''),
    githubApiUrl: environment.GITHUB_API_URL ?? 'https://api.github.com',
    port,
    host: environment.HOST ?? '127.0.0.1',
    publicUrl: (environment.DRAWBRIDGE_URL ?? `http://127.0.0.1:${port}`).replace(/\/+$/, ''),
    dataFolder: environment.DRAWBRIDGE_DATA ?? '.drawbridge',
    databaseUrl: environment.DATABASE_URL,
    signingKey: required(
      'DRAWBRIDGE_SIGNING_KEY',
      'an Ed25519 key in PEM: `openssl genpkey -algorithm ed25519 -out signing.pem`; DRAWBRIDGE_SIGNING_KEY_FILE names it',
    ),
    trustedKeys: (readValue(environment, 'DRAWBRIDGE_TRUSTED_KEYS', problems) ?? '')
      .split('\n')
      .filter((key) => key.trim() !== ''),
    prometheusUrl: environment.PROMETHEUS_URL,
    kubeconfigs: readKubeconfigs(environment.DRAWBRIDGE_CLUSTERS, problems),
    maskKey: required('DRAWBRIDGE_MASK_KEY', 'any 32 random characters: `openssl rand -hex 16`'),
    logLevel: readLogLevel(environment.LOG_LEVEL, problems),
  }
  return problems.length > 0 ? { problems } : { settings, problems }
}

/** `NAME`, or the content of the file that `NAME_FILE` names. */
function readValue(environment: Environment, name: string, problems: Problem[]): string | undefined {
  const file = environment[`${name}_FILE`]
  if (!file) return environment[name]
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    problems.push(
      problem(
        'SETTING_UNREADABLE',
        `${name}_FILE`,
        `the file ${file} cannot be read`,
        'check the path and its permissions',
      ),
    )
    return undefined
  }
}

function readLogLevel(value: string | undefined, problems: Problem[]): LogLevel {
  const level = logLevels.find((known) => known === (value ?? 'info'))
  if (!level)
    problems.push(
      problem(
        'SETTING_INVALID',
        'LOG_LEVEL',
        `"${value}" is not a level`,
        `use one of ${logLevels.join(', ')}`,
      ),
    )
  return level ?? 'info'
}

/** One kubeconfig per cluster: `<folder>/<cluster>.yaml`. */
function readKubeconfigs(folder: string | undefined, problems: Problem[]): Map<string, string> {
  if (!folder) return new Map()
  try {
    return new Map(
      readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => [basename(name).replace(/\.ya?ml$/, ''), readFileSync(join(folder, name), 'utf8')]),
    )
  } catch {
    problems.push(
      problem(
        'SETTING_UNREADABLE',
        'DRAWBRIDGE_CLUSTERS',
        `the folder ${folder} cannot be read`,
        'name a folder with one kubeconfig per cluster: <cluster>.yaml',
      ),
    )
    return new Map()
  }
}

function missing(name: string, fix: string): Problem {
  return problem('SETTING_MISSING', name, 'is not set', `set it to ${fix}`)
}

function problem(code: string, path: string, message: string, fix: string): Problem {
  return { code, path, line: 0, message: `${path}: ${message}`, fix }
}
