import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openStore } from '../../../src/adapters/store/open-store.ts'
import { createEmulatedClock } from '../../../src/emulator/clock.ts'

const writer = fileURLToPath(new URL('write-until-killed.ts', import.meta.url))

/** Runs the writer on the folder, kills it in the middle, and tells what it had been promised. */
async function writeUntilKilled(folder: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.split('\n').length > lines) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return output.split('\n').slice(0, -1)
}

it('keeps everything it promised, and half of nothing, when its process is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-killed-'))
  const runs = [await writeUntilKilled(folder, 40), await writeUntilKilled(folder, 41)]
  const promised = (kind: string) =>
    runs.flat().flatMap((line) => (line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []))
  const store = await openStore({ folder, clock: createEmulatedClock(0) })
  const stored = new Set((await store.inbox.claim(0, 1, 1_000_000)).map((delivery) => delivery.id))
  expect(promised('delivery').filter((id) => !stored.has(id))).toEqual([])
  for (const id of promised('effect')) {
    expect(await store.effects.find(id)).toMatchObject({ state: 'settled' })
  }
  const settled = await store.audit.list({ limit: 1_000_000 })
  for (const row of settled) expect(await store.effects.find(row.subject)).toMatchObject({ state: 'settled' })
  expect(settled.length).toBeGreaterThanOrEqual(promised('effect').length)
  expect(await store.audit.verify()).toBeUndefined()
  await store.close()
  await rm(folder, { recursive: true })
})
