import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../src/adapters/store/open-store.ts'
import { describeStore } from './store-contract.ts'

describeStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-store-'))
  return {
    open: (clock) => openStore({ folder, clock }),
    async execute(statement) {
      using database = new DatabaseSync(join(folder, 'drawbridge.sqlite'))
      database.exec(statement)
    },
    unlockAudit: 'drop trigger audit_keeps_values',
    remove: () => rm(folder, { recursive: true }),
  }
})
