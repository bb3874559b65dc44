import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Encrypts each text of `test/fixtures/sops.json` again, with the sops that is on the PATH. */
const path = join(import.meta.dirname, '../test/fixtures/sops.json')
const fixture = JSON.parse(readFileSync(path, 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'ask-sops-'))
const { first, second } = fixture.keys
const recipients = {
  first: first.recipient,
  second: second.recipient,
  both: `${second.recipient},${first.recipient}`,
}
const environment = { ...process.env, SOPS_AGE_KEY: `${first.identity}\n${second.identity}` }
const sops = (...all: string[]) => execFileSync('sops', all, { env: environment, encoding: 'utf8' })

for (const each of fixture.cases) {
  const file = join(folder, each.file)
  writeFileSync(file, each.text)
  const age = recipients[each.recipients as keyof typeof recipients]
  sops('--encrypt', '--in-place', '--age', age, ...each.arguments, file)
  if (each.isRotated) sops('rotate', '--in-place', file)
  each.encrypted = readFileSync(file, 'utf8')
  each.decrypted = sops('--decrypt', '--output-type', 'yaml', file)
}
writeFileSync(path, `${JSON.stringify(fixture, undefined, 2)}\n`)
rmSync(folder, { recursive: true })
