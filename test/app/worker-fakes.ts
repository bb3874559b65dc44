import type { Log } from '../../src/ports/log.ts'
import type { Random } from '../../src/ports/random.ts'

export interface LogLine {
  level: string
  fields: Record<string, unknown>
  message: string
}

/** Keeps the lines instead of writing them. */
export function aLog(lines: LogLine[] = [], bound: Record<string, unknown> = {}): Log {
  const write = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, fields: { ...bound, ...fields }, message })
  return {
    child: (fields) => aLog(lines, { ...bound, ...fields }),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
}

export const noChance: Random = {
  number: () => 0,
  bytes: (length) => new Uint8Array(length),
  uuid: () => '00000000-0000-4000-8000-000000000000',
}
