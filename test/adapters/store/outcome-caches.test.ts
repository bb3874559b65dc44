import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolderCache } from '../../../src/adapters/store/folder-cache.ts'
import { sealCache } from '../../../src/adapters/store/sealed-cache.ts'
import { systemRandom } from '../../../src/adapters/system/system-random.ts'
import type { Cache } from '../../../src/ports/store.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('utf8')

describe('a folder that keeps what is rendered', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-folder-cache-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('gives back what was put, in the next process too, to nobody but its owner', async () => {
    const place = join(folder, 'a', 'b')
    await createFolderCache(place, systemRandom).put('key', bytes('value'), 1_000)
    const next = createFolderCache(place, systemRandom)
    expect(textOf(await next.get('key'))).toBe('value')
    expect(await next.get('another')).toBeUndefined()
    const [file = ''] = readdirSync(place)
    expect(statSync(join(place, file)).mode & 0o777).toBe(0o600)
    expect(statSync(place).mode & 0o777).toBe(0o700)
  })

  it('keeps within its limit, the newest first', async () => {
    const place = join(folder, 'bounded')
    for (const [position, key] of ['old', 'middle', 'new'].entries()) {
      await createFolderCache(place, systemRandom, 250).put(key, bytes('x'.repeat(100)), position * 10_000)
    }
    const cache = createFolderCache(place, systemRandom, 250)
    expect(await cache.get('old')).toBeUndefined()
    expect((await cache.get('middle'))?.length).toBe(100)
    expect((await cache.get('new'))?.length).toBe(100)
  })

  it('keeps nothing where the folder cannot be made, and says nothing', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const cache = createFolderCache(join(file, 'inside'), systemRandom)
    await cache.put('key', bytes('value'), 0)
    expect(await cache.get('key')).toBeUndefined()
  })
})

describe('a sealed cache', () => {
  const sealed = (secret: string) => {
    const rows = new Map<string, Uint8Array>()
    const cache: Cache = {
      get: (key) => Promise.resolve(rows.get(key)),
      put: (key, value) => Promise.resolve(void rows.set(key, value)),
    }
    return { rows, open: (as = secret) => sealCache(cache, as, systemRandom) }
  }

  it('S5 holds nothing that can be read without the secret', async () => {
    const { rows, open } = sealed('one')
    await open().put('key', bytes('a value to hide'), 0)
    expect(Buffer.from(rows.get('key') ?? []).includes('hide')).toBe(false)
    expect(textOf(await open().get('key'))).toBe('a value to hide')
    expect(await open('another').get('key')).toBeUndefined()
  })

  it.each`
    case                        | change
    ${'a row that was changed'} | ${(row: Uint8Array) => row.with(row.length - 1, (row.at(-1) ?? 0) ^ 1)}
    ${'a row that was cut'}     | ${(row: Uint8Array) => row.subarray(0, 20)}
    ${'a row from before'}      | ${() => bytes('{"objects":[],"problems":[]}')}
    ${'an empty row'}           | ${() => new Uint8Array()}
  `('takes $case for none', async ({ change }: { change: (row: Uint8Array) => Uint8Array }) => {
    const { rows, open } = sealed('one')
    await open().put('key', bytes('value'), 0)
    rows.set('key', change(new Uint8Array(rows.get('key') ?? [])))
    expect(await open().get('key')).toBeUndefined()
  })

  it('gives no value under the key of another', async () => {
    const { rows, open } = sealed('one')
    await open().put('key', bytes('value'), 0)
    rows.set('other', rows.get('key') ?? new Uint8Array())
    expect(await open().get('other')).toBeUndefined()
  })
})
