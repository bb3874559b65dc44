import { beforeEach, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { ownerLabel } from '../../src/features/sync/ownership.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { createKindFinder } from '../../src/reconciler/find-owned-kinds.ts'

const labelled = (manager: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Any',
  metadata: {
    name: 'one',
    labels: { [ownerLabel]: '7.dev' },
    managedFields: [{ manager, operation: 'Apply', fieldsV1: {} }],
  },
})
const refusal = (retryable: boolean) =>
  new AdapterError({ system: 'kubernetes', operation: 'list', target: 'dev', retryable, message: 'no' })

/**
 * | a list answers                                  | then                                       |
 * | ----------------------------------------------- | ------------------------------------------ |
 * | something that we applied                       | it is a kind of ours                       |
 * | our labels, by who copies them, as to Endpoints | it is none                                 |
 * | nothing, 403, 405                               | it is none                                 |
 * | not at all                                      | nothing is known of it; asked again later  |
 *
 * What is not kept, as a TokenReview, is not asked about.
 */
const answers: Record<string, KubernetesObject[] | Error> = {
  Coupon: [labelled('drawbridge')],
  Endpoints: [labelled('kube-controller-manager')],
  Pod: [],
  Secret: refusal(false),
  Rocket: refusal(true),
}

let now: number
let asked: string[]
let find: ReturnType<typeof createKindFinder>

beforeEach(() => {
  now = 0
  asked = []
  const served = (kind: string, version = 'v1') => ({
    group: '',
    version,
    kind,
    plural: kind,
    isNamespaced: true,
  })
  const resources = async () => [
    ...Object.keys(answers).flatMap((kind) => [served(kind), served(kind, 'v1beta1')]),
    { ...served('TokenReview'), isFleeting: true as const },
  ]
  const list = async ({ kind }: { kind: string }, labels: object) => {
    expect(labels).toEqual({ [ownerLabel]: true })
    asked.push(kind)
    const answer = answers[kind]
    if (answer instanceof Error) throw answer
    return { objects: answer ?? [], resourceVersion: '1' }
  }
  find = createKindFinder({ resources, list }, { now: () => now })
})

it('finds the kinds of what we applied, and says which did not answer', async () => {
  expect(await find()).toEqual({
    owned: [{ group: '', kind: 'Coupon' }],
    silent: [{ group: '', kind: 'Rocket' }],
  })
  expect(asked.toSorted()).toEqual(Object.keys(answers).toSorted())
})

it('asks once for all who ask, and again after a minute where something did not answer', async () => {
  await Promise.all([find(), find()])
  now = 59_999
  await find()
  expect(asked).toHaveLength(5)
  now = 60_000
  await find()
  expect(asked).toHaveLength(10)
})

it('asks again where the API server did not say what it serves', async () => {
  const failing = createKindFinder(
    {
      resources: async () => {
        asked.push('')
        throw refusal(true)
      },
      list: async () => ({ objects: [], resourceVersion: '1' }),
    },
    { now: () => now },
  )
  await expect(failing()).rejects.toThrow('no')
  await expect(failing()).rejects.toThrow('no')
  expect(asked).toHaveLength(2)
})
