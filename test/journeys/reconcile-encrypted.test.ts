import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAgeDecryptor } from '../../src/adapters/secrets/age-decryptor.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { parseKubernetesYaml } from '../../src/features/rendering/kubernetes-yaml.ts'
import { keepDocuments } from '../../src/features/secrets/keep-documents.ts'
import { aConfigMap, openShop, type Shop } from './reconcile-target-doubles.ts'

const { keys, cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/sops.json'), 'utf8'),
) as { keys: { first: { identity: string } }; cases: { name: string; encrypted: string }[] }

/** Of the Secret db: `password` is hunter2. */
const text = cases.find(({ name }) => name === 'stringData')!.encrypted
const [secret] = keepDocuments(
  [parseKubernetesYaml(text) as KubernetesObject],
  () => [['secret.yaml', text]],
  'apps',
).objects as [KubernetesObject]

const plain = ['hunter2', Buffer.from('hunter2').toString('base64')]

describe('a release with an encrypted Secret', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const live = (kind: string, name: string) => shop.running.emulator.get({ kind, namespace: 'shop', name })
  const withIdentity = () => {
    shop.ports.decryptor = createAgeDecryptor(async () => [keys.first.identity])
  }

  it('is applied decrypted, and its values stand nowhere but in the Secret', async () => {
    withIdentity()
    shop.ledger.attest([secret, aConfigMap('settings')])
    await shop.until('healthy')
    expect(live('Secret', 'db')).toMatchObject({ data: { password: plain[1] } })
    expect(live('Secret', 'db')).not.toHaveProperty('sops')
    const inventories = shop.running.emulator.list('ConfigMap', 'drawbridge-system')
    const kept = JSON.stringify([shop.audit, [...shop.releases], inventories, shop.running.emulator.requests])
    for (const value of plain) expect(kept).not.toContain(value)
    expect(inventories.length).toBeGreaterThan(0)
  })

  it('is healed where somebody changes the Secret, and the report holds no value', async () => {
    withIdentity()
    shop.ledger.attest([secret])
    await shop.until('healthy')
    const changed = { data: { password: Buffer.from('hunter3').toString('base64') } }
    shop.running.emulator.edit({ kind: 'Secret', namespace: 'shop', name: 'db' }, changed)
    const { release } = await shop.reconcile()
    expect(live('Secret', 'db')).toMatchObject({ data: { password: plain[1] } })
    for (const value of [...plain, 'hunter3']) expect(JSON.stringify(release)).not.toContain(value)
  })

  it.each<[string, (shop: Shop) => void, string]>([
    [
      'without an identity',
      (each) => void (each.ports.decryptor = createAgeDecryptor(async () => [])),
      'SOPS_NO_IDENTITY',
    ],
    ['without an agent', () => undefined, 'SOPS_NO_AGENT'],
  ])('is refused as a whole %s', async (_, prepare, reason) => {
    prepare(shop)
    shop.ledger.attest([secret, aConfigMap('settings')])
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ phase: 'refused', reason: expect.stringContaining(reason) })
    expect(live('ConfigMap', 'settings')).toBeUndefined()
  })

  it('is refused as a whole where its file was changed, and what runs stays', async () => {
    withIdentity()
    shop.ledger.attest([secret])
    await shop.until('healthy')
    const document = Buffer.from(text.replace('type: Opaque', 'type: other')).toString('base64')
    const changed = { ...secret, sops: { ...(secret['sops'] as object), document } }
    shop.ledger.attest([changed, aConfigMap('settings')])
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ phase: 'refused', reason: expect.stringContaining('SOPS_MAC_WRONG') })
    expect(live('ConfigMap', 'settings')).toBeUndefined()
    expect(live('Secret', 'db')).toMatchObject({ data: { password: plain[1] } })
  })
})
