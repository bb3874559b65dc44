import { readFileSync } from 'node:fs'
import { type AgentOptions, UsageError } from '../cli/subcommand.ts'
import { type AgentPlace } from '../domain/agent.ts'
import type { RepositoryRef } from '../domain/refs.ts'
import { parseSlice } from '../features/agents/slice-of.ts'
import { readPrivateKey } from '../features/attestation/ssh-key.ts'

/** What an agent was told, checked. */
export interface AgentSettings {
  url: string
  repository: RepositoryRef
  place: AgentPlace
  signers: string
  intervalMs: number
  folder: string
  /** Where it reports; absent: nowhere. */
  app?: { url: string; key: string }
}

const defaultIntervalSeconds = 30

/** Throws a UsageError that names the option and what to write. */
export function readAgentSettings(options: AgentOptions): AgentSettings {
  const url = required(options.repository, '--repo', 'the address of the repository, https://…')
  const numberMeaning = 'the number that the GitHub API gives the repository'
  const id = required(options.repositoryId, '--repository-id', numberMeaning)
  const ofFile = (what: string) => `the ${what}, as .drawbridge.yaml names it`
  const place: AgentPlace = {
    environment: required(options.environment, '--environment', ofFile('environment')),
    cluster: required(options.cluster, '--cluster', ofFile('cluster')),
    ...(options.slice !== undefined && { slice: readSlice(options.slice) }),
  }
  const signersMeaning = 'a file with the public keys that are believed'
  const signers = required(options.allowedSigners, '--allowed-signers', signersMeaning)
  const interval = Number(options.interval ?? defaultIntervalSeconds)
  if (!(interval > 0))
    throw new UsageError(`--interval "${options.interval}" is not a number of seconds; use for example 30`)
  const app = readApp(options)
  return {
    url,
    repository: { id, ...namesOf(url), installation: '' },
    place,
    signers,
    intervalMs: interval * 1000,
    folder: options.folder ?? '.drawbridge',
    ...(app && { app }),
  }
}

function required(value: string | undefined, option: string, meaning: string): string {
  if (!value) throw new UsageError(`${option} is missing: ${meaning}`)
  return value
}

function readSlice(text: string): NonNullable<AgentPlace['slice']> {
  const slice = parseSlice(text)
  if (slice) return slice
  throw new UsageError(`--slice "${text}" is no slice; write 3/8 for the third of eight, at most 256`)
}

/** Both or none. */
function readApp({ app, agentKey }: AgentOptions): AgentSettings['app'] {
  if (app === undefined && agentKey === undefined) return undefined
  const url = required(app, '--app', 'the address of Drawbridge, https://…, which --agent-key is for')
  const file = required(agentKey, '--agent-key', 'a file with the Ed25519 key that signs the reports')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`--app "${url}" is not an address; write https://drawbridge.example.com`)
  return { url, key: readKey(file) }
}

function readKey(file: string): string {
  try {
    const key = readFileSync(file, 'utf8')
    readPrivateKey(key)
    return key
  } catch {
    throw new UsageError(
      `--agent-key ${file}: the file holds no Ed25519 key that can be read; make one with: ssh-keygen -t ed25519 -N '' -f ${file}`,
    )
  }
}

function namesOf(url: string): { owner: string; name: string } {
  const [name = '', owner = ''] = url
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .toReversed()
  return { owner, name }
}
