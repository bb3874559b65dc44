import { expect, it } from 'vitest'
import { releasesSince } from '../../../src/features/promotion/releases-since.ts'
import { anAttestation } from '../../builders.ts'

const image = 'registry.shop.example/checkout'
const ran = (tag: string, digest = tag) => anAttestation({ digest, images: { [image]: tag } })

it.each`
  case                                | history                                             | tags
  ${'one after the other'}            | ${[ran('1.9'), ran('1.8'), ran('1.7'), ran('1.6')]} | ${['1.8', '1.9']}
  ${'what is the same is said once'}  | ${[ran('1.9'), ran('1.9'), ran('1.8'), ran('1.7')]} | ${['1.8', '1.9']}
  ${'configuration between'}          | ${[ran('1.9', 'b'), ran('1.9', 'a'), ran('1.7')]}   | ${['1.9', '1.9']}
  ${'the target is older than known'} | ${[ran('1.9'), ran('1.8')]}                         | ${['1.9']}
  ${'nothing is known'}               | ${[]}                                               | ${[]}
`('from 1.7 on, $case: $tags', ({ history, tags }) => {
  const moves = [{ kind: 'image' as const, name: image, before: '1.7', after: '1.9' }]
  expect(releasesSince(history, moves).map(({ images }) => images[image])).toEqual(tags)
})
