import { expect, it } from 'vitest'
import type { AuditRow } from '../../src/domain/audit.ts'
import { createHealthMemory } from '../../src/journeys/rollback/health-memory.ts'
import { anAttestation } from '../builders.ts'

const row = (what: string, digest: string, subject = 'prod/eu/shop'): AuditRow => ({
  what,
  subject,
  actor: 'drawbridge',
  reason: '',
  data: { digest },
  sequence: 1,
  at: 0,
  hash: '',
})

it.each`
  case                             | rows                                         | was
  ${'nothing is known'}            | ${[]}                                        | ${false}
  ${'it was healthy'}              | ${[row('heal', 'd1'), row('healthy', 'd1')]} | ${true}
  ${'it was degraded only'}        | ${[row('degraded', 'd1')]}                   | ${false}
  ${'another release was healthy'} | ${[row('healthy', 'd2')]}                    | ${false}
`('$case: $was', async ({ rows, was }) => {
  const asked: unknown[] = []
  const list = async (filter: unknown) => {
    asked.push(filter)
    return rows
  }
  const target = { application: 'shop', environment: 'prod', cluster: 'eu' }
  const release = anAttestation({ target, digest: 'd1' })
  expect(await createHealthMemory({ audit: { list } }).wasHealthy(release)).toBe(was)
  expect(asked).toMatchObject([{ subject: 'prod/eu/shop' }])
})
