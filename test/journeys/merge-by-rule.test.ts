import { expect, it } from 'vitest'
import { mergeByRule } from '../../src/journeys/review/merge-by-rule.ts'
import type { Ports } from '../../src/journeys/ports.ts'
import { aPull } from '../builders.ts'

const judged = aPull({ baseSha: 'b'.repeat(40) })

/** Ports that show the pull request and the tip of its base as they are right before the merge. */
function portsFor(now: {
  pull?: typeof judged | 'gone'
  base?: string
  conflicts?: boolean
  lastTry?: object
}) {
  const { pull = judged, base = judged.baseSha, conflicts = false, lastTry } = now
  const earlier = lastTry ? { state: 'settled', outcome: lastTry } : { state: 'none' }
  const merged: unknown[] = []
  const ports = {
    clock: { now: () => 1_000 },
    store: { effects: { find: async () => earlier } },
    github: {
      mergeRules: async () => ({ methods: ['squash'], hasQueue: false, isQueued: false }),
      pull: async () => (pull === 'gone' ? undefined : pull),
      mergePull: async (...call: unknown[]) => merged.push(call),
    },
    repository: async () => ({
      fetch: async () => undefined,
      resolve: async () => base,
      mergeTree: async () => (conflicts ? { conflicts: ['a'] } : { tree: 't' }),
    }),
  } as unknown as Ports
  return { ports, merged }
}

// Between the look that opened the gates and the merge …
it.each([
  ['somebody pushed to it', { pull: { ...judged, headSha: 'd'.repeat(40) } }],
  ['the base moved', { base: 'd'.repeat(40) }],
  ['it was retargeted', { pull: { ...judged, baseBranch: 'other' } }],
  ['it was closed', { pull: { ...judged, state: 'closed' as const } }],
  ['it is gone', { pull: 'gone' as const }],
  ['it conflicts', { conflicts: true }],
])('merges nothing where %s, and looks again at once', async (_, now) => {
  const { ports, merged } = portsFor(now)
  expect(await mergeByRule(ports, judged, undefined)).toEqual({
    outcome: 'changed-meanwhile',
    actions: 0,
    next: 1_000,
  })
  expect(merged).toEqual([])
})

it('leaves a head alone while an earlier try is waited for', async () => {
  const { ports, merged } = portsFor({ lastTry: { kind: 'queued', tries: 1, at: 500 }, pull: 'gone' })
  expect(await mergeByRule(ports, judged, undefined)).toEqual({
    outcome: 'merge-waits',
    actions: 0,
    next: 60_500,
  })
  expect(merged).toEqual([])
})
