import type { Configuration } from '../../domain/configuration.ts'
import type { HeldObject } from '../../domain/held-object.ts'
import type { RepositoryRef } from '../../domain/refs.ts'
import type { Ports } from '../ports.ts'

/** Which targets have an object of one of these file names already, by the rendered refs that can be trusted. */
export async function gatherHeld(
  { ledger }: Pick<Ports, 'ledger'>,
  repository: RepositoryRef,
  { environments }: Pick<Configuration, 'environments'>,
  files: ReadonlySet<string>,
): Promise<HeldObject[]> {
  const found = environments.map(async ({ name }) => {
    const state = await ledger.read(repository, name)
    return state?.trust === 'trusted' ? ledger.holders(state, files) : []
  })
  return (await Promise.all(found)).flat()
}
