import type { PassedRequest } from './faulty-gateway.ts'

export function isWrite({ verb }: PassedRequest): boolean {
  return verb !== 'GET' && verb !== 'WATCH'
}

/** Paths of objects that were given more than one new version; records of what is applied are written as often as needed. */
export function changedTwice(requests: readonly PassedRequest[]): string[] {
  const patched = requests.filter(({ verb, path }) => verb === 'PATCH' && !path.includes('drawbridge-system'))
  const versions = Map.groupBy(patched, ({ path }) => path)
  return [...versions]
    .filter(([, all]) => new Set(all.flatMap(({ version }) => version ?? [])).size > 1)
    .map(([path]) => path)
}
