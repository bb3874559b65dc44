import { expect, it } from 'vitest'
import { dearmorKeys } from '../../../src/features/signatures/dearmor-keys.ts'
import { readGpgvStatus } from '../../../src/features/signatures/read-gpgv-status.ts'

const fingerprint = '4AEE18F83AFDEB23A1F2B1D2C2F5B2E1A9C0D3E4'
const good = [
  'GOODSIG C2F5B2E1A9C0D3E4 Ada',
  `VALIDSIG ${fingerprint} 2026-11-20 1763640000 0 4 0 22 10 00 ${fingerprint}`,
]

/**
 * | said besides                        | believed |
 * | ----------------------------------- | -------- |
 * | nothing                             | yes      |
 * | a fault, or of a second signature   | no       |
 * | not on the status channel           | not read |
 */
it.each`
  case                                   | lines                                                       | signer
  ${'good'}                              | ${['NEWSIG', 'KEY_CONSIDERED x 0', ...good]}                | ${fingerprint}
  ${'good, twice'}                       | ${['NEWSIG', ...good, 'NEWSIG', ...good]}                   | ${undefined}
  ${'good, and one of somebody unknown'} | ${['NEWSIG', ...good, 'NEWSIG', 'ERRSIG x 22 10 00 1 9 -']} | ${undefined}
  ${'good, and one that is bad'}         | ${[...good, 'BADSIG C2F5B2E1A9C0D3E4 Ada']}                 | ${undefined}
  ${'by a key that was revoked'}         | ${['NEWSIG', 'REVKEYSIG C2F5B2E1A9C0D3E4 Ada', good[1]]}    | ${undefined}
  ${'by a key that has expired'}         | ${['NEWSIG', 'EXPKEYSIG C2F5B2E1A9C0D3E4 Ada', good[1]]}    | ${undefined}
  ${'that has expired'}                  | ${['NEWSIG', 'EXPSIG C2F5B2E1A9C0D3E4 Ada', good[1]]}       | ${undefined}
  ${'by an unknown key'}                 | ${['NEWSIG', 'ERRSIG x 22 10 00 1 9 -', 'NO_PUBKEY x']}     | ${undefined}
  ${'good, without a fingerprint'}       | ${['NEWSIG', good[0]]}                                      | ${undefined}
  ${'nothing'}                           | ${[]}                                                       | ${undefined}
`('a signature that is $case: by $signer', ({ lines, signer }) => {
  const status = (lines as string[]).map((line) => `[GNUPG:] ${line}\n`).join('')
  const found = readGpgvStatus(status)
  expect('principal' in found ? found.principal : undefined).toBe(signer)
})

it('reads nothing that is not said on the status channel', () => {
  expect(readGpgvStatus(`${good.join('\n')}\ngpgv: [GNUPG:] ${good[0]}`)).toHaveProperty('fault')
})

it.each`
  case                   | text                                                                                                     | bytes
  ${'with headers'}      | ${'-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: a\n\nAQID\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----'} | ${[1, 2, 3]}
  ${'without, from DOS'} | ${'x\r\n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nAQ==\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n'}     | ${[1]}
  ${'two blocks'}        | ${'-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAQID\n-----END PGP PUBLIC KEY BLOCK-----\n'.repeat(2)}        | ${[1, 2, 3, 1, 2, 3]}
  ${'a private key'}     | ${'-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAQID\n-----END PGP PRIVATE KEY BLOCK-----'}                  | ${undefined}
  ${'broken'}            | ${'-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nA?ID\n-----END PGP PUBLIC KEY BLOCK-----'}                    | ${undefined}
  ${'not armoured'}      | ${'hello'}                                                                                               | ${undefined}
`('a file of keys, $case, holds $bytes', ({ text, bytes }) => {
  expect(dearmorKeys(text)).toEqual(bytes && Buffer.from(bytes as number[]))
})
