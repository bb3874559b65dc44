import { afterAll, beforeAll, describe } from 'vitest'
import { openStore } from '../../src/adapters/store/open-store.ts'
import { noPostgres, type PostgresUnderTest, startPostgres } from '../adapters/store/start-postgres.ts'
import { describeStore } from './store-contract.ts'

let server: PostgresUnderTest
let databases = 0

describe.skipIf(noPostgres !== '')(`PostgreSQL${noPostgres}`, () => {
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.stop())

  describeStore('PostgreSQL', async () => {
    const name = `store_${++databases}`
    await server.createDatabase(name)
    return {
      open: (clock) => openStore({ url: server.url(name), clock }),
      execute: (statement) => server.execute(name, statement),
      unlockAudit: 'drop trigger audit_keeps_rows on audit',
      remove: () => server.dropDatabase(name),
    }
  })
})
