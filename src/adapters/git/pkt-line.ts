/** What git's servers speak in: lines framed by their length, and marks between them. Source: gitprotocol-common(5), gitprotocol-v2(5). */
export type Packet = { kind: 'line'; text: string } | { kind: 'flush' | 'delimiter' | 'end' }

/** Of one line with its length before it. */
const longestPacket = 65_520

const marks: Record<string, Packet> = {
  '0000': { kind: 'flush' },
  '0001': { kind: 'delimiter' },
  '0002': { kind: 'end' },
}

export const flush = '0000'
export const delimiter = '0001'

/** Frames one line. */
export function packet(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text
}

/** Every packet of an answer, lines without their line feed; undefined where it is cut off or not framed so. */
export function parsePackets(bytes: Uint8Array): Packet[] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packets: Packet[] = []
  for (let at = 0; at < buffer.length;) {
    const head = buffer.toString('latin1', at, at + 4)
    const mark = marks[head]
    const length = mark ? 4 : /^[0-9a-f]{4}$/i.test(head) ? Number.parseInt(head, 16) : 0
    if (length < 4 || length > longestPacket || at + length > buffer.length) return undefined
    const text = buffer.toString('utf8', at + 4, at + length).replace(/\n$/, '')
    packets.push(mark ?? { kind: 'line', text })
    at += length
  }
  return packets
}
