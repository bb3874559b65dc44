import { writeFileSync } from 'node:fs'
import { publishedSchema } from '../src/features/config/published-schema.ts'

/** Writes `schemas/configuration.schema.json` from the source of the configuration's type. */
writeFileSync(new URL('../schemas/configuration.schema.json', import.meta.url), `${publishedSchema()}\n`)
