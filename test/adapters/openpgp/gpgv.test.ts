import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGpgv } from '../../../src/adapters/openpgp/gpgv.ts'
import { programs } from '../../programs.ts'

const isThere = ['gpg', 'gpgv'].every((file) => spawnSync(file, ['--version']).status === 0)
const where = isThere ? '' : ' (did not run: there is no gpg and gpgv here)'
const payload = 'tree 0000\nauthor Ada <ada@shop.example> 1763640000 +0000\n\nRaise checkout\n'

describe.skipIf(!isThere)(`OpenPGP signatures of commits, by gpgv${where}`, () => {
  const openPgp = createGpgv({ children: programs })
  let home: string
  const gpg = (words: string[], input?: string) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--no-tty', ...words], {
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input !== undefined && { input }),
    })
  const makeKey = (name: string, words: string[] = [], expires = '0') =>
    gpg([...words, '--passphrase', '', '--quick-generate-key', name, 'ed25519', 'sign', expires])
  const keyOf = (name: string) => gpg(['--armor', '--export', name])
  const sign = (name: string, words: string[] = []) =>
    gpg([...words, '--armor', '--local-user', name, '--detach-sign'], payload)

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'dbpgp-'))
    makeKey('ada@shop.example')
    makeKey('ken@shop.example')
    makeKey('old@shop.example', ['--faked-system-time', '20240101T000000!'], '1y')
  }, 30_000)
  afterAll(() => {
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all'])
    rmSync(home, { recursive: true, force: true, maxRetries: 10 })
  })

  it('are believed by a key of the file, which may hold several, with words between them', async () => {
    const keys = `Ken, since May:\n${keyOf('ken@shop.example')}\nAda:\n${keyOf('ada@shop.example')}`
    for (const name of ['ada@shop.example', 'ken@shop.example'])
      expect(await openPgp.verify(payload, sign(name), keys)).toEqual({
        principal: expect.stringMatching(/^[0-9A-F]{40}$/),
      })
  })

  it.each<[string, () => [payload: string, signature: string, keys: string], RegExp]>([
    [
      'another key',
      () => [payload, sign('ken@shop.example'), keyOf('ada@shop.example')],
      /key that the file does not list/,
    ],
    [
      'another text',
      () => [`${payload} `, sign('ada@shop.example'), keyOf('ada@shop.example')],
      /not one of its content/,
    ],
    [
      'a key that has expired',
      () => [
        payload,
        sign('old@shop.example', ['--faked-system-time', '20240102T000000!']),
        keyOf('old@shop.example'),
      ],
      /key has expired/,
    ],
    ['no signature', () => [payload, 'hello', keyOf('ada@shop.example')], /cannot be (read|checked)/],
    ['a file without keys', () => [payload, sign('ada@shop.example'), 'hello'], /holds no OpenPGP key/],
    [
      'two signatures, one of somebody else',
      () => [
        payload,
        sign('ada@shop.example') + sign('ken@shop.example'),
        keyOf('ada@shop.example') + keyOf('ken@shop.example'),
      ],
      /cannot be (read|checked)/,
    ],
  ])('are not believed: %s', async (_, parts, fault) => {
    expect(await openPgp.verify(...parts())).toEqual({ fault: expect.stringMatching(fault) })
  })

  it('are not believed where there is no gpgv, which is said', async () => {
    const without = createGpgv({ children: programs, file: '/nonexistent/gpgv' })
    const answer = await without.verify(payload, sign('ada@shop.example'), keyOf('ada@shop.example'))
    expect(answer).toEqual({ fault: expect.stringContaining('apt-get install gpgv') })
  })
})
