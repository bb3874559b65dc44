/** Fields of objects that somebody else wrote: what is not of the kind asked for counts as empty. */
export function asMapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

export function asMappings(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asMapping) : []
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(asText).filter((each) => each !== '') : []
}
