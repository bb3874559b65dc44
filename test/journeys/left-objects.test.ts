import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { aConfigMap, openShop, type Shop } from './reconcile-target-doubles.ts'

const ssa = 'kustomize.toolkit.fluxcd.io/ssa'
const reconcile = 'kustomize.toolkit.fluxcd.io/reconcile'

function asked(name: string, key: string, word: string, data = { key: 'git' }): KubernetesObject {
  const object = aConfigMap(name, data)
  object.metadata.annotations = { [key]: word }
  return object
}

describe('objects that say how they are applied', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const id = (name: string) => ({ kind: 'ConfigMap', namespace: 'shop', name })
  const live = (name: string) => shop.running.emulator.get(id(name))
  const writes = () => shop.running.emulator.requests.filter(({ method }) => method !== 'GET').length

  it('Ignore: is neither made nor waited for, and stays as it is where it is there', async () => {
    shop.running.emulator.create(aConfigMap('theirs', { key: 'theirs' }), 'somebody')
    shop.ledger.attest([
      aConfigMap('settings'),
      asked('theirs', ssa, 'Ignore'),
      asked('absent', ssa, 'Ignore'),
    ])
    await shop.until('healthy')
    expect(live('absent')).toBeUndefined()
    expect(live('theirs')).toMatchObject({ data: { key: 'theirs' } })
    expect(live('theirs')?.metadata.labels).toBeUndefined()
  })

  it('IfNotPresent: is made, then neither changed by a release nor healed, and made again once it is gone', async () => {
    shop.ledger.attest([asked('first', ssa, 'IfNotPresent')])
    await shop.until('healthy')
    shop.ledger.attest([asked('first', ssa, 'IfNotPresent', { key: 'newer' })])
    await shop.until('healthy')
    expect(live('first')).toMatchObject({ data: { key: 'git' } })
    shop.running.emulator.edit(id('first'), { data: { key: 'by hand' } })
    const before = writes()
    await shop.reconcile()
    expect(live('first')).toMatchObject({ data: { key: 'by hand' } })
    expect(writes()).toBe(before)
    shop.running.emulator.delete(id('first'))
    await shop.until('healthy')
    await expect.poll(() => live('first')).toMatchObject({ data: { key: 'newer' } })
  })

  it('IfNotPresent: what somebody else made is neither changed nor taken over, nor deleted later', async () => {
    shop.running.emulator.create(aConfigMap('theirs', { key: 'theirs' }), 'kubectl-client-side-apply')
    shop.ledger.attest([aConfigMap('settings'), asked('theirs', ssa, 'IfNotPresent')])
    await shop.until('healthy')
    expect(live('theirs')).toMatchObject({ data: { key: 'theirs' } })
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    expect(live('theirs')).toMatchObject({ data: { key: 'theirs' } })
  })

  it('Merge: keeps what kubectl added, and says what git says', async () => {
    shop.running.emulator.create(aConfigMap('both', { key: 'theirs', more: 'theirs' }), 'kubectl-edit')
    shop.ledger.attest([asked('both', ssa, 'Merge')])
    await shop.until('healthy')
    expect(live('both')).toMatchObject({ data: { key: 'git', more: 'theirs' } })
  })

  it('Override: takes over what kubectl had', async () => {
    shop.running.emulator.create(aConfigMap('ours', { key: 'theirs', more: 'theirs' }), 'kubectl-edit')
    shop.ledger.attest([asked('ours', ssa, 'Override')])
    await shop.until('healthy')
    expect(live('ours')?.['data']).toEqual({ key: 'git' })
  })

  it('reconcile: disabled on the live object: is neither healed, changed nor deleted, and that is told', async () => {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('rest')])
    await shop.until('healthy')
    const annotations = { [reconcile]: 'disabled' }
    shop.running.emulator.edit(id('settings'), { metadata: { annotations }, data: { key: 'by hand' } })
    shop.ledger.attest([aConfigMap('settings', { key: 'newer' }), aConfigMap('rest', { key: 'newer' })])
    const { reason } = await shop.until('healthy')
    expect(reason).toContain(`ConfigMap shop/settings is left alone: it says ${reconcile} on the cluster`)
    expect(live('settings')).toMatchObject({ data: { key: 'by hand' } })
    expect(live('rest')).toMatchObject({ data: { key: 'newer' } })
    shop.ledger.attest([aConfigMap('rest', { key: 'newer' })])
    await shop.until('healthy')
    expect(live('settings')).toMatchObject({ data: { key: 'by hand' } })
    shop.running.emulator.edit(id('settings'), { metadata: { annotations: { [reconcile]: null } } })
    await shop.until('healthy')
    await expect.poll(() => live('settings')).toBeUndefined()
  })
})
