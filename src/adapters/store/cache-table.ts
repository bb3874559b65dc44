import { sql } from 'kysely'
import type { Cache } from '../../ports/store.ts'
import type { Engine } from './engine.ts'

/** Bytes of values kept; the oldest go first. */
const defaultLimit = 512 * 1024 * 1024

export function createCacheTable(engine: Engine, limitBytes = defaultLimit): Cache {
  // The first put of a process looks once; then each time another sixteenth of the limit has come in.
  let sincePruned = limitBytes
  return {
    get: (key) =>
      engine.run('cache.get', async (database) => {
        const row = await database
          .selectFrom('cache')
          .select('value')
          .where('key', '=', key)
          .executeTakeFirst()
        return row?.value
      }),
    put: (key, value, now) =>
      engine.run('cache.put', async (database) => {
        const values = { value, size: value.byteLength, at: now }
        await database
          .insertInto('cache')
          .values({ key, ...values })
          .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
          .execute()
        sincePruned += value.byteLength
        if (sincePruned < limitBytes / 16) return
        sincePruned = 0
        await sql`delete from cache where key in (
          select key from (select key, sum(size) over (order by at desc, key) as total from cache) as sizes
          where total > ${limitBytes})`.execute(database)
      }),
  }
}
