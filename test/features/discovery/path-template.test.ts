import { expect, it } from 'vitest'
import { matchTemplate } from '../../../src/features/discovery/path-template.ts'

it.each`
  template                                       | path                        | match
  ${'apps/{application}/overlays/{environment}'} | ${'apps/cart/overlays/dev'} | ${{ application: 'cart', environment: 'dev' }}
  ${'./apps/{application}/'}                     | ${'apps/cart'}              | ${{ application: 'cart' }}
  ${'apps/{application}'}                        | ${'apps/cart/base'}         | ${undefined}
  ${'apps/{application}'}                        | ${'apps'}                   | ${undefined}
  ${'{environment}-{cluster}/{application}'}     | ${'prod-eu-1/cart'}         | ${{ environment: 'prod', cluster: 'eu-1', application: 'cart' }}
  ${'{application}/{application}'}               | ${'a/b'}                    | ${undefined}
  ${'{application}/{application}'}               | ${'a/a'}                    | ${{ application: 'a' }}
  ${'teams/*/{application}'}                     | ${'teams/red/cart'}         | ${{ application: 'cart' }}
  ${'k8s-*/x'}                                   | ${'k8s-/x'}                 | ${undefined}
  ${'a.b/{application}'}                         | ${'aXb/cart'}               | ${undefined}
`('$template on $path → $match', ({ template, path, match }) => {
  expect(matchTemplate(template, path)).toEqual(match)
})
