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
`('reads $keys.length keys of “$text”', ({ text, keys }) => expect(parseAllowedSigners(text)).toEqual(keys))
