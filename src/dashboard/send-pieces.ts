import type { Context } from 'hono'
import { html } from 'hono/html'
import { stream } from 'hono/streaming'
import type { Html } from './layout.ts'

/** Small pieces are sent together; a larger one goes at once. Characters. */
const batchSize = 16 * 1024

/**
 * Sends a page while it is written, no faster than it is read. The first piece goes at once; what fails later ends the page
 * with a sentence, since its status is sent already.
 */
export function sendPieces(
  context: Context,
  pieces: AsyncGenerator<Html>,
  onError: (error: unknown) => void,
): Response {
  context.header('Content-Type', 'text/html; charset=UTF-8')
  return stream(context, async (output) => {
    let batch = ''
    let isFirst = true
    try {
      for await (const piece of pieces) {
        if (output.aborted) return
        batch += String(await piece)
        if (batch.length < batchSize && !isFirst) continue
        await output.write(batch)
        batch = ''
        isFirst = false
      }
    } catch (error) {
      onError(error)
      batch += String(await html`<p class="danger">The rest cannot be read at the moment.</p>`)
    }
    await output.write(batch)
  })
}
