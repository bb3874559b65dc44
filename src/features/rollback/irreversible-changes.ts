import { formatObjectId, type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { isForwardOnly } from './forward-only.ts'

/** What a release changed that taking it back does not undo, one sentence each: data, secrets, stored versions. */
export function irreversibleChanges(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): string[] {
  const [old, young] = [byKey(before), byKey(after)]
  return [...new Set([...young.keys(), ...old.keys()])].flatMap((key) => {
    const change = { before: old.get(key), after: young.get(key) }
    const object = change.after ?? change.before
    if (!object || json(change.before) === json(change.after)) return []
    const name = formatObjectId(objectId(object))
    const marked = isForwardOnly(change.after) ? [`${name} is marked forward-only`] : []
    const rule = rules[object.kind]
    return rule?.isChanged(change) ? [...marked, `${name}: ${rule.says}`] : marked
  })
}

/** Both sides of an object that differs; a side that does not have it is undefined. */
interface ObjectChange {
  before: KubernetesObject | undefined
  after: KubernetesObject | undefined
}

interface Rule {
  isChanged(change: ObjectChange): boolean
  says: string
}

const rotated: Rule = { isChanged: ({ before }) => before !== undefined, says: 'a secret was rotated' }
const volume: Rule = {
  isChanged: ({ before }) => before !== undefined,
  says: 'the volume that it asks for changes, or is given up',
}

/** By kind; a new object of most kinds goes again as it came. */
const rules: Partial<Record<string, Rule>> = {
  // A Job has done its work, a migration most of all; hooks are Jobs, too.
  Job: {
    isChanged: ({ after }) => after !== undefined,
    says: 'a Job ran, and what it did stays done',
  },
  CustomResourceDefinition: {
    isChanged: ({ before, after }) =>
      before !== undefined && (after === undefined || storedVersion(before) !== storedVersion(after)),
    says: 'objects are stored in another version, or are gone with their definition',
  },
  StatefulSet: {
    isChanged: ({ before, after }) =>
      before !== undefined &&
      after !== undefined &&
      json(field(before, 'volumeClaimTemplates')) !== json(field(after, 'volumeClaimTemplates')),
    says: 'its volumes change',
  },
  PersistentVolumeClaim: volume,
  PersistentVolume: volume,
  Namespace: {
    isChanged: ({ after }) => after === undefined,
    says: 'it was deleted with all that was in it',
  },
  Secret: rotated,
  SealedSecret: rotated,
  ExternalSecret: rotated,
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

function byKey(objects: readonly KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(objects.map((object) => [objectKey(objectId(object)), object]))
}

/** Objects are canonical, so equal objects have equal text. */
function json(value: unknown): string {
  return JSON.stringify(value) ?? ''
}
