import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { askedMode, unknownModes } from '../../../src/features/sync/apply-mode.ts'

const flux = 'kustomize.toolkit.fluxcd.io'

function withWords(field: 'annotations' | 'labels', words: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', [field]: words } }
}

describe('how an object asks to be applied', () => {
  it.each`
    field            | words                                                                 | mode
    ${'annotations'} | ${{}}                                                                 | ${undefined}
    ${'annotations'} | ${{ 'drawbridge.dev/apply': 'once' }}                                 | ${'once'}
    ${'annotations'} | ${{ 'drawbridge.dev/apply': 'merge' }}                                | ${'merge'}
    ${'annotations'} | ${{ 'drawbridge.dev/apply': 'never' }}                                | ${'never'}
    ${'annotations'} | ${{ [`${flux}/ssa`]: 'Override' }}                                    | ${'always'}
    ${'annotations'} | ${{ [`${flux}/ssa`]: 'Merge' }}                                       | ${'merge'}
    ${'annotations'} | ${{ [`${flux}/ssa`]: 'IfNotPresent' }}                                | ${'once'}
    ${'labels'}      | ${{ [`${flux}/ssa`]: 'Ignore' }}                                      | ${'never'}
    ${'annotations'} | ${{ [`${flux}/reconcile`]: 'disabled' }}                              | ${'never'}
    ${'labels'}      | ${{ [`${flux}/reconcile`]: 'Disabled' }}                              | ${'never'}
    ${'annotations'} | ${{ [`${flux}/ssa`]: 'toString' }}                                    | ${undefined}
    ${'annotations'} | ${{ 'drawbridge.dev/apply': 'always', [`${flux}/ssa`]: 'Ignore' }}    | ${'always'}
    ${'annotations'} | ${{ 'drawbridge.dev/apply': 'sometimes', [`${flux}/ssa`]: 'Ignore' }} | ${'never'}
  `('$field $words → $mode', ({ field, words, mode }) => {
    expect(askedMode(withWords(field, words))?.mode).toBe(mode)
  })

  it('names the words that mean nothing', () => {
    const words = {
      'drawbridge.dev/apply': 'sometimes',
      [`${flux}/ssa`]: 'Merge',
      [`${flux}/reconcile`]: 'no',
    }
    expect(unknownModes(withWords('annotations', words))).toEqual([
      { key: 'drawbridge.dev/apply', word: 'sometimes' },
      { key: `${flux}/reconcile`, word: 'no' },
    ])
  })
})
