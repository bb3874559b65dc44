import type { SignedBy } from '../../domain/commit-signature.ts'

/** What gpgv says instead of GOODSIG, for people. Source: GnuPG, doc/DETAILS, "Format of the --status-fd output". */
const faults: readonly (readonly [keyword: string, fault: string])[] = [
  ['BADSIG', 'its signature is not one of its content'],
  ['REVKEYSIG', 'its OpenPGP key was revoked'],
  ['EXPKEYSIG', 'its OpenPGP key has expired'],
  ['EXPSIG', 'its signature has expired'],
  ['NO_PUBKEY', 'it is signed with an OpenPGP key that the file does not list'],
  ['ERRSIG', 'its OpenPGP signature cannot be checked'],
]

/**
 * Who signed, by what gpgv says on its status channel. Only one good signature and nothing else said of any signature counts:
 * words that gpgv prints for people may hold what the signer chose.
 */
export function readGpgvStatus(status: string): SignedBy {
  const lines = status.split('\n').filter((line) => line.startsWith('[GNUPG:] '))
  const said = lines.map((line) => line.split(' ').slice(1))
  const count = (keyword: string) => said.filter(([first]) => first === keyword).length
  const fault = faults.find(([keyword]) => count(keyword) > 0)
  if (fault !== undefined) return { fault: fault[1] }
  const [, fingerprint] = said.find(([keyword]) => keyword === 'VALIDSIG') ?? []
  const isOne = count('NEWSIG') <= 1 && count('GOODSIG') === 1 && count('VALIDSIG') === 1
  return isOne && fingerprint !== undefined && /^[0-9A-F]{40,64}$/.test(fingerprint)
    ? { principal: fingerprint }
    : { fault: 'its OpenPGP signature cannot be read' }
}
