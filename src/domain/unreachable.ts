/** Ends a `switch` over a closed union: the compiler proves that no case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** States what must hold; a failure is our mistake and crashes the job, never the process. */
export function assert(condition: unknown, whatShouldHold: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${whatShouldHold}`)
}
