/** Reads lines and exact lengths from a process's output, whatever the chunks it arrives in. */
export class ByteReader {
  #source: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array()
  #offset = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Up to and without the next line feed; undefined at the end of the output. */
  async line(): Promise<string | undefined> {
    const parts: Uint8Array[] = []
    while (await this.#fill()) {
      const end = this.#chunk.indexOf(10, this.#offset)
      parts.push(this.#take(end === -1 ? this.#chunk.length - this.#offset : end - this.#offset))
      if (end === -1) continue
      this.#offset += 1
      return Buffer.concat(parts).toString('utf8')
    }
    return undefined
  }

  /** Exactly `length` bytes; undefined where the output ends before. */
  async bytes(length: number): Promise<Uint8Array | undefined> {
    const result = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      if (!(await this.#fill())) return undefined
      const part = this.#take(Math.min(length - filled, this.#chunk.length - this.#offset))
      result.set(part, filled)
      filled += part.length
    }
    return result
  }

  #take(length: number): Uint8Array {
    const part = this.#chunk.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return part
  }

  async #fill(): Promise<boolean> {
    while (this.#offset >= this.#chunk.length) {
      const next = await this.#source.next()
      if (next.done) return false
      this.#chunk = next.value
      this.#offset = 0
    }
    return true
  }
}
