import { type RepositoryRef, targetKey } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { Releases } from '../../ports/store.ts'
import type { Engine } from './engine.ts'
import { toStorable } from './schema.ts'

export function createReleasesTable(engine: Engine): Releases {
  return {
    put: (repository, release) =>
      engine.run('releases.put', async (database) => {
        const values = { repository: JSON.stringify(repository), release: JSON.stringify(release) }
        await database
          .insertInto('releases')
          .values({ repository_id: repository.id, target: toStorable(targetKey(release.target)), ...values })
          .onConflict((conflict) => conflict.columns(['repository_id', 'target']).doUpdateSet(values))
          .execute()
      }),
    get: (repository, target) =>
      engine.run('releases.get', async (database) => {
        const row = await database
          .selectFrom('releases')
          .select('release')
          .where('repository_id', '=', repository.id)
          .where('target', '=', toStorable(targetKey(target)))
          .executeTakeFirst()
        return row && (JSON.parse(row.release) as Release)
      }),
    /** By repository, environment, cluster and application. */
    list: (repository) =>
      engine.run('releases.list', async (database) => {
        const all = database.selectFrom('releases').select(['repository', 'release'])
        const query = repository ? all.where('repository_id', '=', repository.id) : all
        const rows = await query.orderBy('repository_id').orderBy('target').execute()
        return rows.map((row) => ({
          repository: JSON.parse(row.repository) as RepositoryRef,
          release: JSON.parse(row.release) as Release,
        }))
      }),
  }
}
