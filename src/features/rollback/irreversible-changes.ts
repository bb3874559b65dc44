import { formatObjectId, type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'

/** What a release changed that taking it back does not undo, one sentence each: data, secrets, stored versions. */
export function irreversibleChanges(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): string[] {
  const old = new Map(before.map((object) => [objectKey(objectId(object)), object]))
  return after.flatMap((object) => {
    const former = old.get(objectKey(objectId(object)))
    const name = formatObjectId(objectId(object))
    const isForwardOnly = object.metadata.annotations?.['drawbridge.dev/rollback'] === 'forward-only'
    const marked = isForwardOnly && differs(former, object) ? [`${name} is marked forward-only`] : []
    const rule = rules.get(object.kind)
    return rule?.isChanged(former, object) ? [...marked, `${name}: ${rule.says}`] : marked
  })
}

interface Rule {
  isChanged(before: KubernetesObject | undefined, after: KubernetesObject): boolean
  says: string
}

const rules = new Map<string, Rule>([
  // A finished Job has done its work: a migration most of all.
  ['Job', { isChanged: differs, says: 'a Job ran, and what it did stays done' }],
  [
    'CustomResourceDefinition',
    {
      isChanged: (before, after) => before !== undefined && storedVersion(before) !== storedVersion(after),
      says: 'objects are stored in another version',
    },
  ],
  [
    'StatefulSet',
    {
      isChanged: (before, after) =>
        before !== undefined &&
        json(field(before, 'volumeClaimTemplates')) !== json(field(after, 'volumeClaimTemplates')),
      says: 'its volumes change',
    },
  ],
  [
    'PersistentVolumeClaim',
    {
      isChanged: (before, after) => before !== undefined && differs(before, after),
      says: 'the volume it asks for changes',
    },
  ],
  [
    'Secret',
    {
      isChanged: (before, after) => before !== undefined && differs(before, after),
      says: 'a secret was rotated',
    },
  ],
])

function differs(before: KubernetesObject | undefined, after: KubernetesObject): boolean {
  return json(before) !== json(after)
}

function storedVersion(definition: KubernetesObject): string | undefined {
  const versions = field(definition, 'versions')
  const stored = Array.isArray(versions) ? versions.find((version) => version?.storage === true) : undefined
  return stored?.name
}

function field(object: KubernetesObject, name: string): unknown {
  const spec = object.spec
  return typeof spec === 'object' && spec !== null ? (spec as Record<string, unknown>)[name] : undefined
}

/** Objects are canonical, so equal objects have equal text. */
function json(value: unknown): string {
  return JSON.stringify(value) ?? ''
}
