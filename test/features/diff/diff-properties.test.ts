import * as fc from '../../properties.ts'
import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { diffFields } from '../../../src/features/diff/diff-fields.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { shapeOf } from '../../../src/features/diff/kubernetes-shapes.ts'
import { applyChanges } from './apply-changes.ts'
import { anObject, aSide, aWorkload } from './diff-builders.ts'

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'constructor', 'x.y', '[z]')
const text = fc.constantFrom('1', '2', '1Gi', '1024Mi', 'on', '')
const port = fc.record({
  containerPort: fc.integer({ min: 1, max: 4 }),
  protocol: fc.constantFrom('TCP', 'UDP'),
  name,
})
const container = fc.record(
  {
    name,
    image: text,
    env: fc.array(fc.record({ name, value: text }), { maxLength: 5 }),
    args: fc.array(text, { maxLength: 6 }),
    ports: fc.array(port, { maxLength: 4 }),
  },
  { requiredKeys: ['name'] },
)
const custom = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.record({ name, more: tie('value') }), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
})).value
const anyObject: fc.Arbitrary<KubernetesObject> = fc.oneof(
  fc
    .record({
      containers: fc.array(container, { maxLength: 4 }),
      tolerations: fc.array(fc.record({ key: name, value: text }), { maxLength: 3 }),
      finalizers: fc.uniqueArray(name, { maxLength: 4 }),
      labels: fc.dictionary(name, text, { maxKeys: 4 }),
    })
    .map(({ containers, tolerations, finalizers, labels }) =>
      aWorkload({ pod: { containers, tolerations }, metadata: { finalizers, labels } }),
    ),
  custom.map((spec) => ({ ...anObject('Widget', { spec }), apiVersion: 'example.org/v1' })),
)
const diff = (before: KubernetesObject[], after: KubernetesObject[]) =>
  diffRenderings(aSide(before), aSide(after), { maskKey: 'k' }).targets

describe('for all objects', () => {
  it('the changes, applied to the old one, give the new one', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (before, after) => {
        const changes = diffFields(before, after, shapeOf(after))
        expect(applyChanges(before, changes)).toEqual(after)
      }),
      { numRuns: 500 },
    )
  })

  it('nothing differs from itself, whatever the order of its fields and of the objects', () => {
    fc.assert(
      fc.property(fc.array(anyObject, { maxLength: 4 }), (objects) => {
        const named = objects.map((object, index) => ({
          ...object,
          metadata: { ...object.metadata, name: `object-${index}` },
        }))
        expect(diff(named, named.toReversed().map(reverseFields) as KubernetesObject[])).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('the order of objects and of their fields does not change a diff', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (before, after) => {
        const second = { ...after, metadata: { ...after.metadata, name: 'second' } }
        const [plain, turned] = [
          diff([before], [after, second]),
          diff([reverseFields(before)], [reverseFields(second), reverseFields(after)]),
        ]
        expect(turned.map(withoutFieldOrder)).toEqual(plain.map(withoutFieldOrder))
      }),
      { numRuns: 100 },
    )
  })

  it('each hunk has as many lines of both sides as it says', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (before, after) => {
        for (const { hunks } of diff([before], [after]).flatMap(({ objects }) => objects)) {
          for (const { oldLines, newLines, lines } of hunks) {
            expect(lines.filter((line) => !line.startsWith('+'))).toHaveLength(oldLines)
            expect(lines.filter((line) => !line.startsWith('-'))).toHaveLength(newLines)
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})

function reverseFields<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reverseFields) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([field, inner]) => [field, reverseFields(inner)]),
  ) as T
}

/** Fields stand in the order of the manifest; a reader of the JSON does not depend on it. */
function withoutFieldOrder(target: ReturnType<typeof diff>[number]) {
  const sorted = (items: object[]) => items.map((item) => JSON.stringify(item)).toSorted()
  return {
    ...target,
    objects: target.objects.map((object) => ({
      ...object,
      fields: sorted(object.fields).length,
      restart: object.restart && { ...object.restart, reasons: object.restart.reasons.toSorted() },
      dangers: object.dangers.filter(({ code }) => code !== 'pods-restart'),
    })),
  }
}
