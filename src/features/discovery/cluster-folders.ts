import { isEnvironmentParent, isEnvironmentWord } from './path-words.ts'

/** From how many different folders on a name under their environments is taken for a cluster's. */
const fewest = 3

/**
 * Names of clusters that paths give away: `cart/production/eu-1`, `mail/production/eu-1` and `web/staging/eu-1` are three
 * applications on one cluster. One such path alone may as well be an application called `eu-1`.
 */
export function clusterFolders(paths: readonly string[]): Set<string> {
  const holders = new Map<string, Set<string>>()
  for (const path of paths) {
    const [name = '', environment = '', ...above] = path.split('/').toReversed()
    const [parent = ''] = above
    if (above.length === 0 || !(isEnvironmentWord(environment) || isEnvironmentParent(parent))) continue
    holders.set(name, (holders.get(name) ?? new Set()).add(above.join('/')))
  }
  return new Set([...holders].filter(([, above]) => above.size >= fewest).map(([name]) => name))
}
