import { isSafePath } from './input-rules.ts'

const block = 512
/** Entries of one archive; the largest charts have some hundreds. */
const mostEntries = 5_000

/**
 * The files of a chart's archive below its one folder: `templates/a.yaml` → content. Nothing but plain files and folders
 * is taken, and no path that leads out. Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU and pax long names.
 */
export function readTar(
  archive: Uint8Array,
  name: string,
): { files: Map<string, Uint8Array>; refusal?: undefined } | { refusal: string; files?: undefined } {
  const files = new Map<string, Uint8Array>()
  let longName: string | undefined
  let entries = 0
  for (let at = 0; at + block <= archive.length;) {
    const header = archive.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) break
    if (++entries > mostEntries) return { refusal: `it has more than ${mostEntries} entries` }
    const size = numberIn(header, 124, 12)
    const content = archive.subarray(at + block, at + block + (size ?? 0))
    if (!hasRightSum(header) || size === undefined || content.length < size)
      return { refusal: 'it is damaged' }
    at += block + Math.ceil(size / block) * block
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === 'L') longName = textIn(content, 0, size)
    else if (type === 'x') longName = paxPath(content) ?? longName
    else if (type !== 'g') {
      const path = longName ?? nameIn(header)
      longName = undefined
      const refusal = refuse(type, path, name)
      if (refusal !== undefined) return { refusal }
      if (type === '5') continue
      files.set(path.replace(/^\.\//, '').slice(name.length + 1), content)
    }
  }
  return files.has('Chart.yaml') ? { files } : { refusal: `it holds no ${name}/Chart.yaml` }
}

function refuse(type: string, path: string, name: string): string | undefined {
  if (!['0', '\0', '5'].includes(type)) return `${path} is a link or a device`
  const plain = path.replace(/^\.\//, '').replace(/\/$/, '')
  const isOwn = plain.startsWith(`${name}/`) || (type === '5' && (plain === name || plain === '.'))
  if (!isOwn || (plain !== '.' && !isSafePath(plain))) return `${path} is not a path inside the chart`
  return undefined
}

function nameIn(header: Uint8Array): string {
  const prefix = textIn(header, 345, 155)
  const isUstar = textIn(header, 257, 5) === 'ustar'
  const own = textIn(header, 0, 100)
  return isUstar && prefix !== '' ? `${prefix}/${own}` : own
}

/** Octal digits; larger numbers are written in another way that nothing of our sizes needs. */
function numberIn(header: Uint8Array, at: number, length: number): number | undefined {
  const digits = textIn(header, at, length).trim()
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

function textIn(bytes: Uint8Array, at: number, length: number): string {
  const part = bytes.subarray(at, at + length)
  const end = part.indexOf(0)
  return new TextDecoder().decode(end < 0 ? part : part.subarray(0, end))
}

/** Records of `<length> path=<value>\n`. */
function paxPath(content: Uint8Array): string | undefined {
  return /(?:^|\n)[0-9]+ path=([^\n]*)\n/.exec(new TextDecoder().decode(content))?.[1]
}

function hasRightSum(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  return numberIn(header, 148, 8) === sum
}
