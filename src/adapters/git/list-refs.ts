import { type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Sha } from '../../domain/refs.ts'
import { delimiter, flush, packet, parsePackets } from './pkt-line.ts'
import type { RemoteAccess } from './remote-access.ts'

/** The remote's refs below `prefixes`; undefined where only git itself can find out, or say why not. */
export type ListRefs = (
  access: RemoteAccess,
  prefixes: readonly string[],
) => Promise<Map<string, Sha> | undefined>

export interface ListRefsLimits {
  /** Between a question and the beginning of its answer, and between two parts of the answer. */
  timeoutMs: number
  answerBytes: number
}

/** A hundred thousand refs take eight megabytes. */
const defaultLimits: ListRefsLimits = { timeoutMs: 20_000, answerBytes: 64 * 1024 * 1024 }

/**
 * Asks a remote for its refs with one small request and no process, by version 2 of git's protocol. What a server
 * can do is asked once. It gives up where anything is out of the ordinary (another version, a redirect, a refusal, a
 * broken answer): git then asks again and names the fault. Proxies are those of `environment`, as for git.
 * Source: gitprotocol-http(5), gitprotocol-v2(5).
 */
export function createListRefs(
  environment: Record<string, string>,
  more: Partial<ListRefsLimits> = {},
): ListRefs {
  const limits = { ...defaultLimits, ...more }
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: environment['http_proxy'] ?? environment['HTTP_PROXY'] ?? '',
    httpsProxy: environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '',
    noProxy: environment['no_proxy'] ?? environment['NO_PROXY'] ?? '',
    connect: { timeout: limits.timeoutMs },
    headersTimeout: limits.timeoutMs,
    bodyTimeout: limits.timeoutMs,
    maxResponseSize: limits.answerBytes,
  })
  const abilities = new Map<string, boolean>()

  return async ({ url, authorization }, prefixes) => {
    if (!url || abilities.get(url.href) === false) return undefined
    const ask = (question: Question) => askServer(dispatcher, url, authorization, question)
    try {
      if (!abilities.has(url.href)) {
        const advertised = await ask(advertisement)
        if (!advertised) return undefined
        abilities.set(url.href, canListRefs(advertised))
        if (!abilities.get(url.href)) return undefined
      }
      const refs = parseRefs(await ask(refsQuestion(prefixes)))
      if (!refs) abilities.delete(url.href)
      return refs
    } catch {
      // Unreachable, too slow, too long: git tries too, and its words are the fault's.
      return undefined
    }
  }
}

interface Question {
  path: string
  body?: string
  answerType: string
}

const advertisement: Question = {
  path: '/info/refs?service=git-upload-pack',
  answerType: 'application/x-git-upload-pack-advertisement',
}

function refsQuestion(prefixes: readonly string[]): Question {
  const filters = prefixes.map((prefix) => packet(`ref-prefix ${prefix}\n`))
  const head = [packet('command=ls-refs\n'), packet('agent=drawbridge\n'), packet('object-format=sha1')]
  return {
    path: '/git-upload-pack',
    body: [...head, delimiter, ...filters, flush].join(''),
    answerType: 'application/x-git-upload-pack-result',
  }
}

/** The bytes of a plain good answer; undefined for any other, redirects among them: none is followed. */
async function askServer(
  dispatcher: Dispatcher,
  url: URL,
  authorization: string | undefined,
  { path, body, answerType }: Question,
): Promise<Uint8Array | undefined> {
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname.replace(/\/+$/, '') + path,
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'git-protocol': 'version=2',
      'user-agent': 'git/drawbridge',
      ...(body !== undefined && { 'content-type': 'application/x-git-upload-pack-request' }),
      ...(authorization && { authorization }),
    },
    ...(body !== undefined && { body }),
  })
  if (answer.statusCode === 200 && answer.headers['content-type'] === answerType) return answer.body.bytes()
  await answer.body.dump()
  return undefined
}

/** Whether the server speaks version 2, lists refs in it, and names objects by SHA-1. */
function canListRefs(advertised: Uint8Array): boolean {
  const lines = (parsePackets(advertised) ?? []).flatMap((each) => (each.kind === 'line' ? [each.text] : []))
  const format = lines.find((line) => line.startsWith('object-format='))
  return (
    lines.includes('version 2') &&
    lines.some((line) => /^ls-refs(?:=|$)/.test(line)) &&
    (format === undefined || format === 'object-format=sha1')
  )
}

/** `<id> <name>` and maybe attributes, one per line, up to one flush; undefined for anything else. */
function parseRefs(answer: Uint8Array | undefined): Map<string, Sha> | undefined {
  const packets = answer && parsePackets(answer)
  if (packets?.at(-1)?.kind !== 'flush') return undefined
  const refs = new Map<string, Sha>()
  for (const each of packets.slice(0, -1)) {
    const match = each.kind === 'line' ? /^([0-9a-f]{40}) (\S+)(?: |$)/.exec(each.text) : null
    const [, id, name] = match ?? []
    if (!id || !name) return undefined
    refs.set(name, id)
  }
  return refs
}
