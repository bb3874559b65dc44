/**
 * Integers that Kubernetes keeps exactly (64 bits, signed) and a JavaScript number does not: they are read as `bigint`,
 * compared and dumped as such, and written by `JSON.stringify` digit by digit. Everything smaller stays a number.
 */
export function exactInteger(value: bigint): number | bigint | undefined {
  if (value >= -largestSafe && value <= largestSafe) return Number(value)
  return value >= smallest && value <= largest ? value : undefined
}

const largestSafe = BigInt(Number.MAX_SAFE_INTEGER)
const largest = 2n ** 63n - 1n
const smallest = -(2n ** 63n)

/** As `JSON.parse`, with large integers as they are written. */
export function parseExactJson(text: string): unknown {
  // Reading through a reviver takes several times as long, and hardly a text needs it.
  return /[1-9][0-9]{15}/.test(text) ? parse(text, restore) : JSON.parse(text)
}

/** The proposal "JSON.parse source text access" as Node 24 has it and the compiler's library does not. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }
const parse = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown

function restore(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return source !== undefined && /^-?[0-9]+$/.test(source) ? (exactInteger(BigInt(source)) ?? value) : value
}

// Without it JSON.stringify throws on every bigint; its writers are many, and none should have to know.
// oxlint-disable-next-line no-extend-native -- the language leaves this to the program; nothing else in it has an opinion
Object.defineProperty(BigInt.prototype, 'toJSON', {
  value(this: bigint) {
    return rawJSON(this.toString())
  },
  configurable: true,
  writable: true,
})
