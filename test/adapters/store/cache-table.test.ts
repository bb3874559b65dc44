import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createCacheTable } from '../../../src/adapters/store/cache-table.ts'
import { openStore } from '../../../src/adapters/store/open-store.ts'
import { openSqliteEngine } from '../../../src/adapters/store/sqlite-engine.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'

it('forgets the oldest when it has grown over its limit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-cache-'))
  const clock = createEmulatedClock(0)
  await (await openStore({ folder, clock })).close()
  const engine = await openSqliteEngine(folder, clock)
  const cache = createCacheTable(engine, 100)
  for (let at = 0; at < 5; at++) await cache.put(`k${at}`, new Uint8Array(30), at)
  const kept = await Promise.all([0, 1, 2, 3, 4].map((at) => cache.get(`k${at}`)))
  expect(kept.map((value) => value?.byteLength)).toEqual([undefined, undefined, 30, 30, 30])
  await engine.close()
  await rm(folder, { recursive: true })
})
