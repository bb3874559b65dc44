import { lookup } from 'node:dns'
import type { LookupAddress, LookupAllOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './is-public-address.ts'

/** Every address that a name has, as `node:dns` answers. */
type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Resolves a name for a connection, which is made to just what is answered here. One address inside among them is an error
 * with the code `EPRIVATE`, so that no connection is made: whoever answers for the name chooses which of them is taken.
 */
export function lookupPublic(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, answer) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const isInside = error === null && addresses.some(({ address }) => !isPublicAddress(address))
      const fault = isInside ? Object.assign(new Error('an address inside'), { code: 'EPRIVATE' }) : error
      if (fault || options.all) answer(fault, addresses)
      else answer(null, addresses[0]?.address ?? '', addresses[0]?.family)
    })
}
