import { randomBytes, randomUUID } from 'node:crypto'
import type { Random } from '../../ports/random.ts'

/** The machine's cryptographic randomness. */
export const systemRandom: Random = {
  number: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (length) => new Uint8Array(randomBytes(length)),
  uuid: () => randomUUID(),
}
