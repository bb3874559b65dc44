import { expect, it } from 'vitest'
import { sinceLastSame } from '../../../src/features/promotion/since-last-same.ts'
import type { Attestation } from '../../../src/domain/release.ts'
import { anAttestation } from '../../builders.ts'

const ran = (at: number, tag: string, kind: Attestation['kind'] = 'change') => ({
  attestation: anAttestation({ at, kind, images: { checkout: tag } }),
})

// Both histories newest first. The answer: when each of them ran what it ran as both were last the same.
it.each`
  case                                        | source                                                     | target                                                     | then
  ${'the last promotion'}                     | ${[ran(9, '3'), ran(5, '2'), ran(1, '1')]}                 | ${[ran(6, '2', 'promotion'), ran(2, '1')]}                 | ${[5, 6]}
  ${'a hotfix since'}                         | ${[ran(9, '3'), ran(5, '2'), ran(1, '1')]}                 | ${[ran(8, '2'), ran(6, '2', 'promotion')]}                 | ${[5, 6]}
  ${'a hotfix in a version of its own'}       | ${[ran(9, '3'), ran(5, '2'), ran(1, '1')]}                 | ${[ran(8, '2-fix'), ran(6, '2', 'promotion')]}             | ${[5, 6]}
  ${'the source was edited, then promoted'}   | ${[ran(9, '3'), ran(5, '2'), ran(4, '2')]}                 | ${[ran(6, '2', 'promotion')]}                              | ${[5, 6]}
  ${'the source went on before it landed'}    | ${[ran(9, '3'), ran(5, '2'), ran(4, '1')]}                 | ${[ran(6, '1', 'promotion')]}                              | ${[4, 6]}
  ${'people brought the same'}                | ${[ran(9, '3'), ran(5, '2'), ran(1, '1')]}                 | ${[ran(6, '2'), ran(3, '1', 'promotion')]}                 | ${[5, 6]}
  ${'they brought it, then edited'}           | ${[ran(9, '3'), ran(5, '2'), ran(1, '1')]}                 | ${[ran(7, '2'), ran(6, '2'), ran(3, '1', 'promotion')]}    | ${[5, 6]}
  ${'they brought it before the source had'}  | ${[ran(9, '3'), ran(7, '2'), ran(1, '1')]}                 | ${[ran(6, '2'), ran(3, '1', 'promotion')]}                 | ${[1, 3]}
  ${'a promotion of no image'}                | ${[ran(9, '1'), ran(5, '1')]}                              | ${[ran(6, '1', 'promotion'), ran(2, '1')]}                 | ${[5, 6]}
  ${'a promotion of what is not known there'} | ${[ran(9, '3'), ran(5, '2')]}                              | ${[ran(6, '0', 'promotion')]}                              | ${[5, 6]}
  ${'adopted at installation'}                | ${[ran(9, '3'), ran(1, '2', 'baseline')]}                  | ${[ran(1, '1', 'baseline')]}                               | ${[1, 1]}
  ${'adopted before the source'}              | ${[ran(9, '3'), ran(4, '2', 'baseline')]}                  | ${[ran(1, '1', 'baseline')]}                               | ${[4, 1]}
  ${'without images'}                         | ${[{ attestation: anAttestation({ at: 4, images: {} }) }]} | ${[{ attestation: anAttestation({ at: 5, images: {} }) }]} | ${[4, 5]}
  ${'nothing ran there'}                      | ${[ran(9, '3')]}                                           | ${[]}                                                      | ${[undefined, undefined]}
`('$case → $then', ({ source, target, then }) => {
  const since = sinceLastSame<ReturnType<typeof ran>>(source, target)
  expect([since.source, since.target].map((steps) => steps.at(-1)?.attestation.at)).toEqual(then)
  expect(since.target).toEqual(target.slice(0, since.target.length))
})
