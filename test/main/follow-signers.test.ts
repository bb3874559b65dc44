import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import { followSigners } from '../../src/main/follow-signers.ts'
import { silentLog } from '../emulator/cluster/start-cluster.ts'

const aKey = () =>
  publicKeyLine(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
const [former, present] = [aKey(), aKey()]

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-signers-'))
  file = join(folder, 'signers')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('believes at every look what the file lists then', () => {
  writeFileSync(file, `# keys of Drawbridge\n* ${former}\ndrawbridge namespaces="git" ${present}\n`)
  const keys = followSigners(file, silentLog)
  expect(keys()).toEqual([former, present])
  writeFileSync(file, `# ${former}\n${present} comment\n`)
  expect(keys()).toEqual([present])
})

it('believes nothing while the file is gone or empty', () => {
  writeFileSync(file, present)
  const keys = followSigners(file, silentLog)
  writeFileSync(file, '')
  expect(keys()).toEqual([])
  rmSync(file)
  expect(keys()).toEqual([])
  writeFileSync(file, present)
  expect(keys()).toEqual([present])
})

it('does not start with an option that it does not keep, and later does not believe that line', () => {
  writeFileSync(file, `${present}\n* valid-before="20270101" ${former}\n`)
  expect(() => followSigners(file, silentLog)).toThrow('signers:2: the option valid-before is not kept')
  writeFileSync(file, present)
  const keys = followSigners(file, silentLog)
  writeFileSync(file, `${present}\n* cert-authority ${former}\n`)
  expect(keys()).toEqual([present])
})

it('does not start without a key', () => {
  writeFileSync(file, 'ssh-ed25519 broken\n')
  expect(() => followSigners(file, silentLog)).toThrow('holds no ssh-ed25519 key')
})
