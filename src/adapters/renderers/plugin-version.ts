import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { RendererPlugin } from '../../domain/renderer-plugin.ts'

/** What tells one build of a plug-in from another: its command line, and the program's own bytes. */
export async function pluginVersion(plugin: RendererPlugin): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(plugin))
  try {
    await pipeline(createReadStream(plugin.program), hash)
    return hash.digest('hex')
  } catch {
    return 'unreadable'
  }
}
