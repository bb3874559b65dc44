import { describe, expect, it } from 'vitest'
import { concerns, windowRequest } from '../../../src/features/windows/window-request.ts'
import type { Lock } from '../../../src/domain/release.ts'
import { aFreeze, aFreezeRule, anActor, anEnvironment } from '../../builders.ts'

const target = { environment: 'prod', application: 'checkout', cluster: 'prod-eu' }

// environment of the closure | application | concerns checkout in prod
// the same, or every         | the same, or every | yes
// another                    | any         | no
// any                        | another     | no
it.each`
  environment | application   | answer
  ${'prod'}   | ${'checkout'} | ${true}
  ${'*'}      | ${'checkout'} | ${true}
  ${'prod'}   | ${'*'}        | ${true}
  ${'*'}      | ${'*'}        | ${true}
  ${'dev'}    | ${'checkout'} | ${false}
  ${'prod'}   | ${'search'}   | ${false}
`('a freeze of $application in $environment concerns it: $answer', ({ environment, application, answer }) => {
  expect(concerns({ environment, application }, target)).toBe(answer)
})

describe('the question that a change asks', () => {
  const environments = ['dev', 'staging', 'prod'].map((name) => anEnvironment({ name }))
  const lock: Lock = { environment: 'prod', application: '*', reason: 'r', by: anActor('bob'), at: 0 }

  it('names only what its own targets are concerned with', () => {
    const targets = [
      target,
      { ...target, cluster: 'prod-us' },
      { ...target, environment: 'dev', application: 'search' },
    ]
    const [of, byRule, other] = [
      aFreeze({ application: 'checkout' }),
      aFreezeRule(),
      aFreeze({ environment: 'staging' }),
    ]
    const request = windowRequest(
      { targets, changeClass: 'change', requesters: ['ada'] },
      {
        configuration: { environments, freezes: [byRule] },
        freezes: [of, other, aFreeze({ application: 'search' })],
        locks: [lock, { ...lock, environment: 'staging' }],
      },
    )
    expect(request).toStrictEqual({
      environments: [environments[0], environments[2]],
      applications: ['checkout', 'search'],
      changeClass: 'change',
      freezes: [expect.objectContaining({ environment: 'prod', application: '*', by: byRule.rule }), of],
      locks: [lock],
      requesters: ['ada'],
    })
  })

  it('knows when its class ends', () => {
    const change = { targets: [target], changeClass: 'hotfix' as const, classUntil: 7, requesters: [] }
    const closures = { configuration: { environments }, freezes: [], locks: [] }
    expect(windowRequest(change, closures)).toMatchObject({ changeClass: 'hotfix', classUntil: 7 })
  })
})
