import { mkdirSync, writeFileSync } from 'node:fs'
import { publishedSchemas, toSchemaText } from '../src/cli/contract.ts'
import { breachEvidenceSchema } from '../src/features/rollback/breach-evidence.ts'
import { publishedSchema } from '../src/features/config/published-schema.ts'

/** Writes `schemas/` anew from the types that the code itself uses: node scripts/write-schemas.ts */
const folder = new URL('../schemas/', import.meta.url)
const files = {
  ...publishedSchemas(),
  'configuration.schema.json': `${publishedSchema()}\n`,
  'revert-evidence.schema.json': toSchemaText(breachEvidenceSchema),
}

mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, folder), text)
