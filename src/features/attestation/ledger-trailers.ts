/** Before the number of a signed commit of a rendered ref. */
export const sequenceTrailer = 'Sequence: '

/** The lines of a message's last paragraph; nothing of the paragraphs before it counts. */
export function trailerLines(message: string): string[] {
  return `${message.trimEnd().split('\n\n').at(-1)}`.split('\n')
}

/** How far along its environment's history a commit is; 0 where it does not say. */
export function sequenceOf(message: string): number {
  const line = trailerLines(message).find((each) => each.startsWith(sequenceTrailer))
  const number = Number(line?.slice(sequenceTrailer.length) ?? 0)
  return Number.isSafeInteger(number) ? Math.max(0, number) : 0
}
