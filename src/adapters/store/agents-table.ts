import { type AgentState, placeKey } from '../../domain/agent.ts'
import type { Agents } from '../../ports/store.ts'
import type { Engine } from './engine.ts'
import { toStorable } from './schema.ts'

export function createAgentsTable(engine: Engine): Agents {
  return {
    put: (repository, state) =>
      engine.run('agents.put', async (database) => {
        const values = { state: JSON.stringify(state) }
        await database
          .insertInto('agents')
          .values({ repository_id: repository.id, place: toStorable(placeKey(state.place)), ...values })
          .onConflict((conflict) => conflict.columns(['repository_id', 'place']).doUpdateSet(values))
          .execute()
      }),
    get: (repository, place) =>
      engine.run('agents.get', async (database) => {
        const row = await database
          .selectFrom('agents')
          .select('state')
          .where('repository_id', '=', repository.id)
          .where('place', '=', toStorable(placeKey(place)))
          .executeTakeFirst()
        return row && (JSON.parse(row.state) as AgentState)
      }),
    /** By place. */
    list: (repository) =>
      engine.run('agents.list', async (database) => {
        const rows = await database
          .selectFrom('agents')
          .select('state')
          .where('repository_id', '=', repository.id)
          .orderBy('place')
          .execute()
        return rows.map(({ state }) => JSON.parse(state) as AgentState)
      }),
  }
}
