/** Strings of the SSH wire format: four bytes of length, big-endian, then the bytes. Source: RFC 4251, section 5. */
export function wireString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as Uint8Array)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Reads one value after the other; answers undefined, and nothing after it, once the input is too short. */
export class WireReader {
  #bytes: Buffer
  #offset = 0
  #isShort = false

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }

  take(length: number): Buffer | undefined {
    if (this.#isShort || this.#offset + length > this.#bytes.length) {
      this.#isShort = true
      return undefined
    }
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  number(): number | undefined {
    return this.take(4)?.readUInt32BE()
  }

  string(): Buffer | undefined {
    const length = this.number()
    return length === undefined ? undefined : this.take(length)
  }

  text(): string | undefined {
    return this.string()?.toString('utf8')
  }

  /** Everything was there and nothing is left over. */
  isAtEnd(): boolean {
    return !this.#isShort && this.#offset === this.#bytes.length
  }
}
