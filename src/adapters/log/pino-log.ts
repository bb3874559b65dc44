import { type DestinationStream, type Level, type Logger, pino } from 'pino'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { redact } from './redact.ts'

export interface LogOptions {
  level: Level | 'silent'
  /** Gets one JSON line at a time; standard output where nothing is given. */
  destination?: DestinationStream
  clock: Clock
}

/** One JSON object a line, its time from the handed-in clock; fields named like secrets are hidden at any depth. */
export function createLog({ level, destination, clock }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return wrap(destination ? pino(options, destination) : pino(options))
}

function wrap(logger: Logger): Log {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') => (fields: Record<string, unknown>, message: string) => {
      if (logger.isLevelEnabled(level)) logger[level](redact(fields), message)
    }
  return {
    child: (fields) => wrap(logger.child(redact(fields))),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
}
