// Reads archives and indexes with the pure features of rendering.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { ChartPin } from '../../domain/chart-pin.ts'
import { parseKubernetesYaml } from '../../features/rendering/kubernetes-yaml.ts'
import { readTar } from '../../features/rendering/read-tar.ts'
import type { Random } from '../../ports/random.ts'
import { type AllowedHosts, fetchAllowed } from './fetch-allowed.ts'

const megabyte = 1024 * 1024
/** Of an archive as it is sent, and of what is in it. The largest public charts have 1 and 15. */
const mostPacked = 5 * megabyte
const mostUnpacked = 20 * megabyte
/** The index of a large repository; with more, name it by `oci://`. */
const mostIndex = 40 * megabyte

export type ChartOutcome =
  | { files: Map<string, Uint8Array>; refusal?: undefined }
  /** `isLasting` false: another try may get it. */
  | { refusal: string; code: string; isLasting: boolean; files?: undefined }

/** Charts of other hosts, by the hash of their archives. */
export interface Charts {
  open(pin: ChartPin): Promise<ChartOutcome>
}

export interface ChartOptions {
  allowed: AllowedHosts
  /** Where archives are kept, named by their hashes; the first that can be written. */
  folders: readonly string[]
  random: Random
}

/** Fetches what is not kept yet, outside of the sandbox and without anybody's credentials, and unpacks it itself. */
export function createCharts(options: ChartOptions): Charts {
  return {
    async open(pin) {
      const kept = await readKept(pin, options)
      const archive = kept ?? (await fetchArchive(pin, options.allowed))
      if (!(archive instanceof Uint8Array)) return archive
      if (digestOf(archive) !== pin.digest) {
        const found = `its archive is ${digestOf(archive)}, and ${pin.digest} is what is allowed`
        return { refusal: found, code: 'CHART_DIGEST_DIFFERS', isLasting: false }
      }
      if (!kept) await keep(pin, archive, options)
      return unpack(archive, pin)
    },
  }
}

async function unpack(archive: Uint8Array, pin: ChartPin): Promise<ChartOutcome> {
  const refused = (refusal: string): ChartOutcome => ({
    refusal,
    code: 'CHART_ARCHIVE_REFUSED',
    isLasting: true,
  })
  try {
    const tar = await promisify(gunzip)(archive, { maxOutputLength: mostUnpacked })
    const read = readTar(tar, pin.name)
    return read.files ? { files: read.files } : refused(read.refusal)
  } catch {
    return refused(`it is no gzip, or holds more than ${mostUnpacked / megabyte} MB`)
  }
}

async function readKept({ digest }: ChartPin, { folders }: ChartOptions): Promise<Uint8Array | undefined> {
  for (const folder of folders) {
    const archive = await readFile(join(folder, nameOf(digest))).catch(() => undefined)
    if (archive && digestOf(archive) === digest) return archive
  }
  return undefined
}

async function keep(
  { digest }: ChartPin,
  archive: Uint8Array,
  { folders, random }: ChartOptions,
): Promise<void> {
  for (const folder of folders) {
    try {
      await mkdir(folder, { recursive: true })
      const temporary = join(folder, `.${random.uuid()}`)
      await writeFile(temporary, archive)
      await rename(temporary, join(folder, nameOf(digest)))
      return
    } catch {
      // The next folder may be writable; without any, the archive is fetched each time.
    }
  }
}

function nameOf(digest: string): string {
  return `${digest.replace('sha256:', '')}.tgz`
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

type Refusal = Extract<ChartOutcome, { code: string }>

function fetchArchive(pin: ChartPin, allowed: AllowedHosts): Promise<Uint8Array | Refusal> {
  return pin.repository.startsWith('oci://') ? fetchBlob(pin, allowed) : fetchListed(pin, allowed)
}

/** A registry serves an archive by its hash, so neither tags nor manifests are asked for. */
async function fetchBlob(pin: ChartPin, allowed: AllowedHosts): Promise<Uint8Array | Refusal> {
  const [host = '', ...path] = pin.repository.slice('oci://'.length).split('/')
  const scheme =
    allowed.privateHosts.includes(host) && /^(?:127\.0\.0\.1|localhost)(?::|$)/.test(host) ? 'http' : 'https'
  const address = `${scheme}://${host}/v2/${[...path, pin.name].join('/')}/blobs/${pin.digest}`
  const first = await fetchAllowed(address, allowed, mostPacked)
  if ('refusal' in first || first.status !== 401) return bodyOf(first)
  const token = await anonymousToken(first.headers['www-authenticate'], allowed)
  return bodyOf(token === undefined ? first : await fetchAllowed(address, allowed, mostPacked, token))
}

/** Registries ask even for public content to be asked for. Source: CNCF Distribution, "Token Authentication". */
async function anonymousToken(challenge: unknown, allowed: AllowedHosts): Promise<string | undefined> {
  const field = (name: string) => new RegExp(`${name}="([^"]{1,500})"`).exec(String(challenge))?.[1]
  const realm = field('realm')
  if (realm === undefined || !URL.canParse(realm)) return undefined
  const url = new URL(realm)
  for (const name of ['service', 'scope']) {
    const value = field(name)
    if (value !== undefined) url.searchParams.set(name, value)
  }
  const answer = await fetchAllowed(url.href, allowed, megabyte)
  if ('refusal' in answer || answer.status !== 200) return undefined
  const { token, access_token: other } = JSON.parse(Buffer.from(answer.body).toString('utf8')) as Record<
    string,
    unknown
  >
  return typeof token === 'string' ? token : typeof other === 'string' ? other : undefined
}

async function fetchListed(pin: ChartPin, allowed: AllowedHosts): Promise<Uint8Array | Refusal> {
  const index = bodyOf(await fetchAllowed(`${pin.repository}/index.yaml`, allowed, mostIndex))
  if (!(index instanceof Uint8Array)) return index
  const address = archiveAddress(Buffer.from(index).toString('utf8'), pin)
  if (address !== undefined) return bodyOf(await fetchAllowed(address, allowed, mostPacked))
  return {
    refusal: `${pin.repository} lists no ${pin.name} ${pin.version}`,
    code: 'CHART_NOT_FOUND',
    isLasting: false,
  }
}

function archiveAddress(index: string, pin: ChartPin): string | undefined {
  try {
    const { entries } = parseKubernetesYaml(index, { lastKeyWins: true }) as {
      entries: Record<string, { version: string; urls: string[] }[]>
    }
    const entry = entries[pin.name]?.find(({ version }) => version === pin.version)
    const address = entry?.urls[0]
    return address === undefined ? undefined : new URL(address, `${pin.repository}/`).href
  } catch {
    return undefined
  }
}

function bodyOf(answer: Awaited<ReturnType<typeof fetchAllowed>>): Uint8Array | Refusal {
  if ('refusal' in answer) return { refusal: answer.refusal, code: 'CHART_NOT_FETCHED', isLasting: false }
  if (answer.status === 200) return answer.body
  return { refusal: `the host answers ${answer.status}`, code: 'CHART_NOT_FETCHED', isLasting: false }
}
