import { describe, expect, it } from 'vitest'
import type { Controls } from '../../../src/domain/release.ts'
import type { Command } from '../../../src/features/commands/command.ts'
import { changeControls } from '../../../src/features/release/change-controls.ts'
import { aFreeze, aPin, anAttestation, noon } from '../../builders.ts'

const none: Controls = { freezes: [], pins: [], holds: [] }
const hold = { application: 'checkout', environment: 'prod', reason: 'audit', by: 'grace', at: noon }
const attestations = [anAttestation()]
const images = anAttestation().images
const place = { application: 'checkout', environment: 'prod' }
const who = { by: 'ken', at: noon + 10 }

function change(command: Command, controls: Partial<Controls> = {}, until?: number) {
  return changeControls({ environment: 'prod', controls: { ...none, ...controls }, attestations }, command, {
    ...who,
    until,
  })
}

const freeze: Command = { verb: 'freeze', environment: 'prod', reason: 'audit' }
const freezeOne: Command = { ...freeze, application: 'checkout' }
const unfreeze: Command = { verb: 'unfreeze', environment: 'prod' }
const pin: Command = { verb: 'pin', ...place, reason: 'slow' }
const unpin: Command = { verb: 'unpin', ...place }
const holdIt: Command = { verb: 'hold', ...place, reason: 'wait' }
const unhold: Command = { verb: 'unhold', ...place }

/**
 * | command                | in force before             | afterwards                       |
 * | ---------------------- | --------------------------- | -------------------------------- |
 * | freeze                 | none                        | one                              |
 * | freeze                 | one of the same application | the new one in its place         |
 * | freeze                 | one of another application  | both                             |
 * | freeze                 | one that is over            | the new one alone                |
 * | unfreeze               | one of the same application | none                             |
 * | pin                    | none                        | one, of what runs                |
 * | pin                    | one of another version      | both                             |
 * | unpin                  | two of the application      | none                             |
 * | hold                   | one of the same application | the new one in its place         |
 * | unhold                 | one of the same application | none                             |
 */
describe('changeControls: what is in force afterwards', () => {
  const other = aFreeze({ application: 'search' })
  const newFreeze = { environment: 'prod', application: '*', reason: 'audit', until: undefined, ...who }
  const newPin = { ...place, images, reason: 'slow', ...who }

  it.each<[string, Command, Partial<Controls>, Partial<Controls>]>([
    ['freeze', freeze, {}, { freezes: [newFreeze] }],
    ['freeze one', freezeOne, {}, { freezes: [{ ...newFreeze, application: 'checkout' }] }],
    ['freeze again', freeze, { freezes: [aFreeze()] }, { freezes: [newFreeze] }],
    ['freeze beside another', freeze, { freezes: [other] }, { freezes: [other, newFreeze] }],
    [
      'freeze after one is over',
      freeze,
      { freezes: [aFreeze({ application: 'search', until: noon })] },
      { freezes: [newFreeze] },
    ],
    ['unfreeze', unfreeze, { freezes: [aFreeze(), other] }, { freezes: [other] }],
    ['pin', pin, {}, { pins: [newPin] }],
    ['pin another version', pin, { pins: [aPin()] }, { pins: [aPin(), newPin] }],
    [
      'unpin',
      unpin,
      { pins: [aPin(), aPin({ reason: 'again' }), aPin({ application: 'search' })] },
      { pins: [aPin({ application: 'search' })] },
    ],
    ['hold', holdIt, {}, { holds: [{ ...place, reason: 'wait', ...who }] }],
    ['hold again', holdIt, { holds: [hold] }, { holds: [{ ...place, reason: 'wait', ...who }] }],
    ['unhold', unhold, { holds: [hold] }, { holds: [] }],
  ])('%s', (_, command, before, after) => {
    expect(change(command, before)).toMatchObject({
      kind: 'changed',
      controls: { ...none, ...before, ...after },
    })
  })

  it('pins the newest version while a roll-out is under way', () => {
    const newest = anAttestation({
      at: noon + 1,
      target: { ...place, cluster: 'prod-us' },
      images: { 'registry.shop.example/checkout': '1.9.0' },
    })
    const state = { environment: 'prod', controls: none, attestations: [...attestations, newest] }
    expect(changeControls(state, pin, who)).toMatchObject({ controls: { pins: [{ images: newest.images }] } })
  })

  it('keeps the end of a freeze', () => {
    expect(change(freeze, {}, noon + 99)).toMatchObject({ controls: { freezes: [{ until: noon + 99 }] } })
  })
})

describe('changeControls: nothing to change', () => {
  it.each<[string, Command, Partial<Controls>, number | undefined, string]>([
    [
      'the freeze is over before it begins',
      freeze,
      {},
      noon + 10,
      'the freeze would be over before it begins',
    ],
    ['not frozen', unfreeze, {}, undefined, 'there is no freeze of everything in prod'],
    [
      'only one application is frozen',
      unfreeze,
      { freezes: [aFreeze({ application: 'search' })] },
      undefined,
      'there is no freeze of everything in prod',
    ],
    [
      'the freeze is over',
      unfreeze,
      { freezes: [aFreeze({ until: noon + 10 })] },
      undefined,
      'there is no freeze of everything in prod',
    ],
    ['does not run here', { ...pin, application: 'search' }, {}, undefined, 'search does not run in prod'],
    [
      'pinned already',
      pin,
      { pins: [aPin({ images })] },
      undefined,
      'the present version of checkout is pinned in prod already',
    ],
    ['not pinned', unpin, {}, undefined, 'checkout has no pin in prod'],
    ['not held', unhold, {}, undefined, 'checkout is not held in prod'],
    ['another verb', { verb: 'sync' }, {}, undefined, '/sync changes no control'],
  ])('%s', (_, command, controls, until, reason) => {
    expect(change(command, controls, until)).toEqual({ kind: 'unchanged', reason })
  })
})
