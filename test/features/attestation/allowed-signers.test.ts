import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { parseAllowedSigners } from '../../../src/features/attestation/allowed-signers.ts'
import { publicKeyLine } from '../../../src/features/attestation/ssh-key.ts'

const key = publicKeyLine(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
)

// Source: ssh-keygen(1), "ALLOWED SIGNERS": principals, options, key type, key, comment; # begins a comment.
it.each`
  text                                       | keys
  ${key}                                     | ${[key]}
  ${`ada@shop.example ${key}`}               | ${[key]}
  ${`* namespaces="git" ${key} a comment`}   | ${[key]}
  ${`# the app\n\nada ${key}\nbob ${key}\n`} | ${[key, key]}
  ${`  # ada ${key}`}                        | ${[]}
  ${'ada ssh-rsa AAAAB3NzaC1yc2E='}          | ${[]}
  ${'ada ssh-ed25519 AAAA'}                  | ${[]}
  ${'ada ssh-ed25519 '}                      | ${[]}
  ${''}                                      | ${[]}
  ${`ada namespaces="git,file" ${key}`}      | ${[key]}
  ${`ada namespaces="g*" ${key}`}            | ${[key]}
  ${`ada namespaces="file" ${key}`}          | ${[]}
  ${`ada Namespaces=file ${key}`}            | ${[]}
`('reads $keys.length keys of “$text”', ({ text, keys }) =>
  expect(parseAllowedSigners(text, 'signers')).toEqual({ keys, problems: [] }),
)

it.each`
  options                                         | named
  ${'valid-after="20260101"'}                     | ${'valid-after'}
  ${'namespaces="git",valid-before="20270101Z"'}  | ${'valid-before'}
  ${'cert-authority'}                             | ${'cert-authority'}
  ${'CERT-AUTHORITY,namespaces="git"'}            | ${'cert-authority'}
  ${'namespaces="git,file",touch="a,namespaces"'} | ${'touch'}
`('believes no key by a line with $options, and says which option it is', ({ options, named }) => {
  const { keys, problems } = parseAllowedSigners(`ada ${key}\nbob ${options} ${key}`, 'signers')
  expect(keys).toEqual([key])
  expect(problems).toEqual([expect.objectContaining({ code: 'SIGNERS_OPTION', path: 'signers', line: 2 })])
  expect(problems[0]?.message).toContain(`the option ${named} is not kept`)
})
