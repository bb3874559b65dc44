import { hiddenCodePoints } from '../../domain/show-invisible.ts'
import type { Found, ObjectChange } from './dangers.ts'

/** More places than this are one attempt like the others. */
const mostPlaces = 5

/** Texts with characters that nobody sees, or that move what stands beside them, where they were not so before. */
export function findHiddenCharacters({ before, after }: ObjectChange): Found[] {
  const known = new Set(textsOf(before).map(({ text }) => text))
  return textsOf(after)
    .filter(({ text }) => !known.has(text))
    .flatMap(({ field, text }) => {
      const codes = hiddenCodePoints(text)
      if (codes.length === 0) return []
      const more = codes.length > mostPlaces ? ` and ${codes.length - mostPlaces} more` : ''
      const sentence = `Its text holds ${codes.slice(0, mostPlaces).join(', ')}${more}: not seen, or moving what stands beside it, so that it means something else than it shows.`
      return [{ field, sentence }]
    })
    .slice(0, mostPlaces)
}

/** Every text in a value, keys included, with its place. */
function textsOf(value: unknown, field = ''): { field: string; text: string }[] {
  if (typeof value === 'string') return [{ field, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => {
    const place = Array.isArray(value) ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`
    return [...(Array.isArray(value) ? [] : [{ field, text: key }]), ...textsOf(each, place)]
  })
}
