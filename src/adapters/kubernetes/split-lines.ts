/** Longer lines than any Kubernetes object: the server is not to be trusted with our memory. */
const maximumLineBytes = 16 * 1024 * 1024

/** Lines of a byte stream, whole ones only: what follows the last line feed was cut off and is dropped. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    if (!text.includes('\n')) {
      rest += text
      if (rest.length > maximumLineBytes) throw new Error('a line of the watch is too long')
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
}
