import { join } from 'node:path'

export interface RendererPlaces {
  platform: string
  /** Folders for the unpacked tools, the best first. */
  cacheFolders: string[]
  /** Where outcomes are kept from one start to the next; absent where nobody has a home. */
  outcomeFolder?: string
  searchPath: string[]
  /** Where jobs are laid out; each gets a fresh folder that goes away with it. */
  temporaryFolder: string
}

/** Where tools and jobs live on a machine, from its environment. */
export function rendererPlaces(
  environment: Readonly<Record<string, string | undefined>>,
  machine: { platform: string; arch: string; temporaryFolder: string },
): RendererPlaces {
  const { XDG_CACHE_HOME: cache, HOME: home } = environment
  const own = cache || (home && join(home, '.cache'))
  return {
    platform: `${machine.platform}-${machine.arch}`,
    cacheFolders: [
      ...(cache ? [join(cache, 'drawbridge', 'tools')] : []),
      ...(home ? [join(home, '.cache', 'drawbridge', 'tools')] : []),
      join(machine.temporaryFolder, 'drawbridge-tools'),
    ],
    ...(own && { outcomeFolder: join(own, 'drawbridge', 'rendered') }),
    searchPath: (environment.PATH ?? '').split(':').filter((folder) => folder.startsWith('/')),
    temporaryFolder: machine.temporaryFolder,
  }
}
