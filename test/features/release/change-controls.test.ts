import { describe, expect, it } from 'vitest'
import type { Actor } from '../../../src/domain/refs.ts'
import { type Controls, type Lock, noControls, type Override } from '../../../src/domain/release.ts'
import type { Command } from '../../../src/features/commands/command.ts'
import { changeControls } from '../../../src/features/release/change-controls.ts'
import { aFreeze, anActor, aPin, anAttestation, noon } from '../../builders.ts'

const hold = { application: 'checkout', environment: 'prod', reason: 'audit', by: 'grace', at: noon }
const attestations = [anAttestation()]
const { images, revision } = anAttestation()
const previous = 'b'.repeat(40)
const place = { application: 'checkout', environment: 'prod' }
const who = { by: 'ken', at: noon + 10 }
const ken = anActor('ken')
const head = 'a'.repeat(40)
const request = { actor: ken, at: noon + 10, pull: { number: 7, head }, applications: ['checkout'], previous }

function change(command: Command, controls: Partial<Controls> = {}, until?: number) {
  return changeControls(
    { environment: 'prod', controls: { ...noControls, ...controls }, attestations },
    command,
    {
      ...request,
      until,
    },
  )
}

const freeze: Command = { verb: 'freeze', environment: 'prod', reason: 'audit' }
const freezeOne: Command = { ...freeze, application: 'checkout' }
const unfreeze: Command = { verb: 'unfreeze', environment: 'prod' }
const pin: Command = { verb: 'pin', ...place, reason: 'slow' }
const unpin: Command = { verb: 'unpin', ...place }
const holdIt: Command = { verb: 'hold', ...place, reason: 'wait' }
const lock: Command = { verb: 'lock', environment: 'prod', reason: 'debugging' }
const pause: Command = { verb: 'pause', environment: 'prod', reason: 'a migration' }
const unpause: Command = { verb: 'unpause', environment: 'prod' }
const unlock: Command = { verb: 'unlock', environment: 'prod' }
const override: Command = { verb: 'override', gate: 'window', reason: 'the shop is down' }
const consent: Command = { verb: 'ack-delete' }
const grace = anActor('grace')

function aLock(by: Actor, overrides: Partial<Lock> = {}): Lock {
  return { environment: 'prod', application: '*', reason: 'debugging', by, at: noon + 10, ...overrides }
}

function anOverride(by: Actor, overrides: Partial<Override> = {}): Override {
  const until = noon + 10 + 3_600_000
  return { pull: 7, head, gate: 'window', reason: 'the shop is down', by, at: noon + 10, until, ...overrides }
}

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
 * | pin                    | one of another release      | both                             |
 * | unpin                  | two of the application      | none                             |
 * | hold                   | one of the same application | the new one in its place         |
 * | unhold                 | one of the same application | none                             |
 * | lock                   | none, or its owner’s        | one                              |
 * | lock                   | somebody else’s             | as it is: the owner is named     |
 * | unlock                 | one of the same application | none                             |
 * | pause                  | one of the same application | the new one in its place         |
 * | unpause                | one of the same application | none                             |
 * | override               | another person’s            | both                             |
 * | ack-delete             | one of an earlier head      | the new one in its place         |
 */
describe('changeControls: what is in force afterwards', () => {
  const other = aFreeze({ application: 'search' })
  const newFreeze = { environment: 'prod', application: '*', reason: 'audit', until: undefined, ...who }
  const newPause = { environment: 'prod', application: '*', reason: 'a migration', until: undefined, ...who }
  const newPin = { ...place, images, revision, toldFrom: previous, reason: 'slow', ...who }

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
      'pin another release of the same images',
      pin,
      { pins: [aPin({ images, revision: previous })] },
      { pins: [aPin({ images, revision: previous }), newPin] },
    ],
    [
      'unpin',
      unpin,
      { pins: [aPin(), aPin({ reason: 'again' }), aPin({ application: 'search' })] },
      { pins: [aPin({ application: 'search' })] },
    ],
    ['hold', holdIt, {}, { holds: [{ ...place, reason: 'wait', ...who }] }],
    ['hold again', holdIt, { holds: [hold] }, { holds: [{ ...place, reason: 'wait', ...who }] }],
    ['unhold', unhold, { holds: [hold] }, { holds: [] }],
    ['lock', lock, {}, { locks: [aLock(ken)] }],
    ['lock again, by its owner', lock, { locks: [aLock(ken, { reason: 'old' })] }, { locks: [aLock(ken)] }],
    ['lock after another is over', lock, { locks: [aLock(grace, { until: noon })] }, { locks: [aLock(ken)] }],
    [
      'lock beside one of another application',
      { ...lock, application: 'checkout' },
      { locks: [aLock(grace, { application: 'search' })] },
      { locks: [aLock(grace, { application: 'search' }), aLock(ken, { application: 'checkout' })] },
    ],
    ['pause', pause, {}, { pauses: [newPause] }],
    ['pause again', pause, { pauses: [aFreeze()] }, { pauses: [newPause] }],
    ['pause beside one of another application', pause, { pauses: [other] }, { pauses: [other, newPause] }],
    ['unpause', unpause, { pauses: [aFreeze(), other] }, { pauses: [other] }],
    ['unlock', unlock, { locks: [aLock(grace)] }, { locks: [] }],
    ['override', override, {}, { overrides: [anOverride(ken)] }],
    [
      'override beside somebody else’s',
      override,
      { overrides: [anOverride(grace)] },
      { overrides: [anOverride(grace), anOverride(ken)] },
    ],
    [
      'override again',
      override,
      { overrides: [anOverride(ken, { reason: 'old' })] },
      { overrides: [anOverride(ken)] },
    ],
    [
      'override of a later head',
      override,
      { overrides: [anOverride(ken, { head: 'b'.repeat(40) })] },
      { overrides: [anOverride(ken, { head: 'b'.repeat(40) }), anOverride(ken)] },
    ],
    [
      'override after one that is over',
      override,
      { overrides: [anOverride(grace, { until: noon })] },
      { overrides: [anOverride(ken)] },
    ],
    ['ack-delete', consent, {}, { consents: [{ ...place, pull: 7, head, by: ken, at: noon + 10 }] }],
    [
      'ack-delete again',
      consent,
      { consents: [{ ...place, pull: 7, head: 'b'.repeat(40), by: grace, at: noon }] },
      { consents: [{ ...place, pull: 7, head, by: ken, at: noon + 10 }] },
    ],
  ])('%s', (_, command, before, after) => {
    expect(change(command, before)).toMatchObject({
      kind: 'changed',
      controls: { ...noControls, ...before, ...after },
    })
  })

  it('pins the newest version while a roll-out is under way', () => {
    const newest = anAttestation({
      at: noon + 1,
      target: { ...place, cluster: 'prod-us' },
      images: { 'registry.shop.example/checkout': '1.9.0' },
    })
    const state = { environment: 'prod', controls: noControls, attestations: [...attestations, newest] }
    expect(changeControls(state, pin, request)).toMatchObject({
      controls: { pins: [{ images: newest.images }] },
    })
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
    [
      'locked by another',
      lock,
      { locks: [aLock(grace)] },
      undefined,
      'everything in prod is locked by @grace (debugging)',
    ],
    [
      'one application, where all are locked',
      { ...lock, application: 'checkout' },
      { locks: [aLock(grace)] },
      undefined,
      'everything in prod is locked by @grace (debugging)',
    ],
    [
      'all, where one application is locked',
      lock,
      { locks: [aLock(grace, { application: 'search', until: noon + 60_000 })] },
      undefined,
      'search in prod is locked by @grace until 2026-11-19T12:01:00.000Z (debugging)',
    ],
    ['the lock is over before it begins', lock, {}, noon + 10, 'the lock would be over before it begins'],
    ['not locked', unlock, {}, undefined, 'there is no lock on everything in prod'],
    [
      'the override is over before it begins',
      override,
      {},
      noon + 10,
      'the override would be over before it begins',
    ],
    ['too long', override, {}, noon + 11 + 86_400_000, 'an override lasts at most 24 hours'],
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
      { pins: [aPin({ images, revision })] },
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
