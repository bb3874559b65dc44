import { expect, it } from 'vitest'
import type { Attestation } from '../../../src/domain/release.ts'
import { takenAway } from '../../../src/features/promotion/taken-away.ts'
import { anAttestation } from '../../builders.ts'

const image = 'registry.shop.example/checkout'
const ran = (tag: string, kind: Attestation['kind'] = 'promotion') =>
  anAttestation({ kind, images: { [image]: tag } })

const past = (history: Attestation[]) => history.map((attestation) => ({ attestation }))

it.each`
  case                                    | history                                                       | by
  ${'it never ran there'}                 | ${[ran('1.8'), ran('1.7')]}                                   | ${undefined}
  ${'a newer promotion replaced it'}      | ${[ran('1.8'), ran('1.9')]}                                   | ${undefined}
  ${'a person went back'}                 | ${[ran('1.8', 'change'), ran('1.9'), ran('1.8')]}             | ${'change'}
  ${'a person went ahead'}                | ${[ran('2.0', 'change'), ran('1.9')]}                         | ${'change'}
  ${'a revert took it away'}              | ${[ran('1.8', 'revert'), ran('1.9'), ran('1.8')]}             | ${'revert'}
  ${'and something else ran since'}       | ${[ran('1.7'), ran('1.8', 'change'), ran('1.9')]}             | ${'change'}
  ${'it came back since, by a promotion'} | ${[ran('2.0'), ran('1.9'), ran('1.8', 'change'), ran('1.9')]} | ${undefined}
  ${'it runs there'}                      | ${[ran('1.9'), ran('1.8', 'change'), ran('1.9')]}             | ${undefined}
`('1.9 would be promoted; $case → $by', ({ history, by }) => {
  const moves = [{ kind: 'image' as const, name: image, before: '1.8', after: '1.9' }]
  expect(takenAway(past(history), moves)?.kind).toBe(by)
})

it('is about all that would be promoted: a part of it may have run there beside something else', () => {
  const worker = 'registry.shop.example/worker'
  const both = (app: string, other: string, kind: Attestation['kind'] = 'promotion') =>
    anAttestation({ kind, images: { [image]: app, [worker]: other } })
  const moves = [image, worker].map((name) => ({ kind: 'image' as const, name, before: '1.8', after: '1.9' }))
  expect(takenAway(past([both('1.8', '1.8', 'change'), both('1.9', '1.8')]), moves)).toBeUndefined()
  expect(takenAway(past([both('1.8', '1.8', 'change'), both('1.9', '1.9')]), moves)?.kind).toBe('change')
})

// Of charts, fields and files no release says anything: they are read from git, as far back as is needed.
it.each`
  case                                | ran                                                       | by
  ${'a change took it away'}          | ${[['1', 'change'], ['2', 'promotion']]}                  | ${'change'}
  ${'and something was edited since'} | ${[['1', 'change'], ['1', 'change'], ['2', 'promotion']]} | ${'change'}
  ${'a newer promotion replaced it'}  | ${[['3', 'promotion'], ['2', 'promotion']]}               | ${undefined}
  ${'it never ran there'}             | ${[['1', 'change'], ['1', 'promotion']]}                  | ${undefined}
  ${'it was not read what ran there'} | ${[['1', 'change'], [undefined, 'promotion']]}            | ${undefined}
`('the chart in version 2 would be promoted; $case → $by', ({ ran: releases, by }) => {
  const moves = [{ kind: 'chart' as const, name: 'redis', before: '1', after: '2' }]
  const history = (releases as [string | undefined, Attestation['kind']][]).map(([version, kind]) => ({
    attestation: ran('1.8', kind),
    ...(version && { versions: [{ kind: 'chart' as const, name: 'redis', version }] }),
  }))
  expect(takenAway(history, moves)?.kind).toBe(by)
})
