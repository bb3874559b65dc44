/** Names of fields whose values are secrets, whatever else is in the name. */
const secretName =
  /token|authorization|secret|password|passphrase|private.?key|api.?key|cookie|signature|credential/i
/** Deeper is folded: a log line is not a dump. */
const maxDepth = 6

/** The fields as they may be logged: values of secret-sounding names hidden, errors written out, cycles and depth cut. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0)
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    secretName.test(name) ? '[hidden]' : redactValue(value, depth + 1),
  ])
  return Object.fromEntries(entries) as Record<string, unknown>
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return withoutCredentials(value)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Error) return redactError(value)
  if (value instanceof Date) return value
  if (depth > maxDepth) return '[deep]'
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1))
  return redactObject(value, depth)
}

/** What hangs on an error (its request, its answer, its cause) is left out: its headers name who is asking. */
function redactError({ name, message, stack }: Error): Record<string, unknown> {
  return { name, message: withoutCredentials(message), stack: stack && withoutCredentials(stack) }
}

/** Credentials as they stand in texts of others: in an address, after the word of a scheme, by the look of GitHub's tokens. */
function withoutCredentials(text: string): string {
  return text
    .replaceAll(/:\/\/[^/\s@]{1,500}@/g, '://[hidden]@')
    .replaceAll(/\b(Bearer|Basic|token) [\w.~+/=-]{8,8000}/gi, '$1 [hidden]')
    .replaceAll(/\b(?:gh[a-z]_\w+|github_pat_\w+)/g, '[hidden]')
}
