import type { CommandContext, Given } from './subcommand.ts'

export interface Progress {
  onProgress(done: number, all: number): void
  /** Takes the line away again. */
  end(): void
}

/** One line on stderr that counts, where people look at it or asked for it; else nothing at all. */
export function showProgress(what: string, given: Given, context: CommandContext): Progress {
  const isWanted = context.isTerminal || given.boolean('progress')
  if (!isWanted) return { onProgress: () => {}, end: () => {} }
  let isShown = false
  return {
    onProgress(done, all) {
      isShown = true
      context.stderr(context.isTerminal ? `\r${what} ${done}/${all}` : `${what} ${done}/${all}\n`)
    },
    end() {
      if (isShown && context.isTerminal) context.stderr('\r\u001b[K')
    },
  }
}
