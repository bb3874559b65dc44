/** The only source of randomness. */
export interface Random {
  /** Uniform in [0, 1). */
  number(): number
  bytes(length: number): Uint8Array
  /** RFC 9562 version 4. */
  uuid(): string
}
