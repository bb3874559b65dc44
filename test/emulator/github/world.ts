import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import { programs } from '../../programs.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'
import { createGitHubEmulator } from '../../../src/emulator/github/github-emulator.ts'
import type { Random } from '../../../src/ports/random.ts'

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

/** Friday afternoon. */
export const start = Date.parse('2026-11-20T16:30:00Z')
export const webhookSecret = 'a webhook secret of some length'
export const privateKey = keys.privateKey
export const appId = 7

export interface Received {
  event: string
  delivery: string
  signature: string
  body: Record<string, unknown>
  raw: string
}

/** Counts up: the same in each run. */
export function countingRandom(): Random {
  let count = 0
  const bytes = (length: number) =>
    Uint8Array.from({ length }, (_, index) => (count++ * 31 + index * 7) % 256)
  return {
    number: () => (count++ % 100) / 100,
    bytes,
    uuid() {
      const hex = Buffer.from(bytes(16)).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}

/** A shop's repository with an app installed on it, and a place where webhooks arrive. */
export async function createWorld(clock = createEmulatedClock(start)) {
  const folder = await mkdtemp(join(tmpdir(), 'github-emulator-'))
  const github = createGitHubEmulator({
    clock,
    random: countingRandom(),
    children: programs,
    folder,
  })
  const server = await github.listen()
  const received: Received[] = []
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString()
      const header = (name: string) => String(request.headers[name] ?? '')
      received.push({
        event: header('x-github-event'),
        delivery: header('x-github-delivery'),
        signature: header('x-hub-signature-256'),
        body: JSON.parse(raw) as Record<string, unknown>,
        raw,
      })
      response.writeHead(202).end('queued')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  for (const login of ['ada', 'grace', 'linus', 'root', 'mallory']) github.addUser(login)
  github.addOrganization('shop')
  const checkout = github.addTeam('shop', 'checkout', ['grace'])
  const release = github.addTeam('shop', 'release', ['linus'], checkout)
  const repository = await github.addRepository({
    owner: 'shop',
    name: 'deploy',
    collaborators: { ada: 'write', grace: 'write', linus: 'read', root: 'admin' },
    teams: [{ team: checkout, permission: 'write' }],
    files: { 'README.md': 'Shop\n', 'apps/cart/values.yaml': 'image: cart:1\nreplicas: 2\n' },
  })
  const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const { app, installation } = github.installApp({
    appId,
    slug: 'drawbridge',
    publicKeyPem: keys.publicKey,
    webhookUrl,
    webhookSecret,
    repositories: [repository],
  })
  const baseUrl = `${server.url}/api/v3`
  const asApp = new Octokit({
    baseUrl,
    authStrategy: createAppAuth,
    auth: { appId, privateKey },
    log: silent,
  })
  const tokenFor = async (options: object = {}) => {
    const answer = await asApp.rest.apps.createInstallationAccessToken({
      installation_id: installation.id,
      ...options,
    })
    return answer.data.token
  }
  const clientFor = (auth: string) => new Octokit({ baseUrl, auth, log: silent })
  return {
    folder,
    clock,
    github,
    url: server.url,
    received,
    webhookUrl,
    repository,
    app,
    installation,
    teams: { checkout, release },
    asApp,
    tokenFor,
    clientFor,
    asInstallation: async (options: object = {}) => clientFor(await tokenFor(options)),
    asPerson: (login: string) => clientFor(github.account(login).token),
    async close() {
      await github.settled()
      await server.close()
      await new Promise((resolve) => receiver.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

const quiet = () => undefined
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet }
