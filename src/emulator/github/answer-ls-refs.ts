import type { Sha } from '../../domain/refs.ts'

/**
 * The answer to `command=ls-refs` of protocol version 2 from the refs at hand. Undefined: another command, or one that
 * asks for symbolic refs or peeled tags too, which git itself has to answer. Source: gitprotocol-v2(5), "ls-refs".
 */
export function answerLsRefs(input: Buffer, refs: ReadonlyMap<string, Sha>): Buffer | undefined {
  const lines = readLines(input)
  const prefixes = lines
    .filter((line) => line.startsWith('ref-prefix '))
    .map((line) => line.slice('ref-prefix '.length))
  const isPlain = !lines.some((line) => ['symrefs', 'peel', 'unborn'].includes(line))
  if (lines[0] !== 'command=ls-refs' || !isPlain || prefixes.length === 0) return undefined
  const rows = [...refs]
    .filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)))
    .map(([name, sha]) => packet(`${sha} ${name}\n`))
  return Buffer.from(`${rows.join('')}0000`)
}

/** The pkt-lines of a request; the marks between them are left out. */
function readLines(input: Buffer): string[] {
  const lines = []
  for (let at = 0; at + 4 <= input.length;) {
    const length = Number.parseInt(input.toString('latin1', at, at + 4), 16)
    if (Number.isNaN(length)) break
    if (length > 4) lines.push(input.toString('utf8', at + 4, at + length).trimEnd())
    at += Math.max(4, length)
  }
  return lines
}

/** One line as git frames it: its length in four hexadecimal digits, then the line. */
export function packet(line: string): string {
  return (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line
}
