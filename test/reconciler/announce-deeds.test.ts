import { expect, it } from 'vitest'
import type { AuditEntry } from '../../src/domain/audit.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { ApplyResult } from '../../src/ports/cluster.ts'
import { createAnnouncer } from '../../src/reconciler/announce-deeds.ts'
import { silentLog } from '../emulator/cluster/start-cluster.ts'

const target = { application: 'checkout', environment: 'prod', cluster: 'prod-eu' }
const deed = (reason: string): AuditEntry => ({
  what: 'refuse',
  subject: 'x',
  actor: 'drawbridge',
  reason,
  data: {},
})

/** A cluster that takes events as `answer` says, an hour's clock, and what it was sent. */
function anAnnouncer(answer: () => Promise<ApplyResult>) {
  const time = { now: 0 }
  const sent: KubernetesObject[] = []
  const apply = async (object: KubernetesObject) => {
    sent.push(object)
    return answer()
  }
  const announcer = createAnnouncer({ cluster: { apply }, clock: { now: () => time.now }, log: silentLog })
  return { hear: (reason: string) => announcer.hear(target, deed(reason)), time, sent }
}
const taken = async (): Promise<ApplyResult> => ({ kind: 'applied', object: {} as KubernetesObject })

it.each<[string, () => Promise<ApplyResult>]>([
  ['may not be written', async () => ({ kind: 'denied', reason: 'forbidden' })],
  ['are not served', async () => ({ kind: 'unknown-kind' })],
  ['are not answered', () => Promise.reject(new Error('the API server cannot be reached'))],
])('F70: where events %s, each is tried once, and nothing fails', async (_, answer) => {
  const { hear, sent } = anAnnouncer(answer)
  await hear('one')
  await hear('two')
  expect(sent).toHaveLength(2)
})

it('tells fifty at once, then one a second, and never more than fifty', async () => {
  const { hear, time, sent } = anAnnouncer(taken)
  const many = async (count: number) => {
    for (let index = 0; index < count; index += 1) await hear(`${time.now} ${index}`)
    return sent.splice(0).length
  }
  expect(await many(60)).toBe(50)
  time.now += 999
  expect(await many(5)).toBe(0)
  time.now += 1
  expect(await many(5)).toBe(1)
  time.now += 3_600_000
  expect(await many(60)).toBe(50)
})

it('counts what is repeated, those that were not told too, until the API server has forgotten it', async () => {
  const { hear, time, sent } = anAnnouncer(taken)
  const counts = () =>
    sent.splice(0).map((event) => (event['series'] as { count: number } | undefined)?.count ?? 1)
  for (let index = 0; index < 52; index += 1) await hear('the same')
  expect(counts().at(-1)).toBe(50)
  time.now += 60 * 60_000
  await hear('the same')
  expect(counts()).toEqual([53])
  time.now += 60 * 60_000 + 1
  await hear('another')
  await hear('the same')
  expect(counts()).toEqual([1, 1])
})
