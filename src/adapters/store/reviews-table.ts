import { pullKey } from '../../domain/refs.ts'
import type { ReviewLedger } from '../../ports/store.ts'
import type { Engine } from './engine.ts'

export function createReviewsTable(engine: Engine): ReviewLedger {
  return {
    /** The first record of a review stands: a later one could only tell what GitHub re-bound it to. */
    record: (pull, review) =>
      engine.run('reviews.record', async (database) => {
        await database
          .insertInto('reviews')
          .values({ pull: pullKey(pull), id: review.id, review: JSON.stringify(review), at: review.at })
          .onConflict((conflict) => conflict.columns(['pull', 'id']).doNothing())
          .execute()
      }),
    /** Oldest first. */
    list: (pull) =>
      engine.run('reviews.list', async (database) => {
        const rows = await database
          .selectFrom('reviews')
          .select('review')
          .where('pull', '=', pullKey(pull))
          .orderBy('at')
          .orderBy('id')
          .execute()
        return rows.map((row) => JSON.parse(row.review) as Awaited<ReturnType<ReviewLedger['list']>>[number])
      }),
  }
}
