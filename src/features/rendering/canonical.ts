import {
  type KubernetesObject,
  type ObjectId,
  formatObjectId,
  objectId,
  objectKey,
} from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Sha } from '../../domain/refs.ts'
import { sortKeys } from '../../domain/sort-keys.ts'
import { hashBlob, hashText, hashTree } from './git-hash.ts'
import { dumpKubernetesYaml } from './kubernetes-yaml.ts'

/**
 * Objects in the one form that is compared, hashed and applied: keys sorted, written by the server fields without
 * content dropped, sorted by group, kind, namespace and name. Of objects with one identity the last one stays.
 */
export function canonicalise(objects: readonly KubernetesObject[]): {
  objects: KubernetesObject[]
  problems: Problem[]
} {
  const byKey = new Map<string, KubernetesObject>()
  const problems: Problem[] = []
  for (const object of objects) {
    const key = objectKey(objectId(object))
    if (byKey.has(key)) problems.push(duplicate(object))
    byKey.set(key, normalise(object))
  }
  return { objects: inOrder([...byKey.values()]), problems }
}

/** By group, kind, namespace and name. */
export function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects
    .map((object) => [objectKey(objectId(object)), object] as const)
    .toSorted(([left], [right]) => compare(left, right))
    .map(([, object]) => object)
}

/** Sorted keys, strings quoted wherever Kubernetes would read them as something else. */
export function toCanonicalYaml(object: KubernetesObject): string {
  return dumpKubernetesYaml(sortKeys(object))
}

/** One file per object, the name telling which; see `fileNames`. */
export function renderedFiles(objects: readonly KubernetesObject[]): Map<string, string> {
  const names = fileNames(objects)
  return new Map(objects.map((object, index) => [names[index] ?? '', toCanonicalYaml(object)]))
}

/** The name of an object's file, where it is the only one of that name. */
export function fileNameOf(object: KubernetesObject): string {
  return fileNames([object])[0] ?? ''
}

/** The git tree id of the canonical files. */
export function digestOf(objects: readonly KubernetesObject[]): Sha {
  return hashTree(new Map([...renderedFiles(objects)].map(([name, text]) => [name, hashBlob(text)])))
}

function normalise(object: KubernetesObject): KubernetesObject {
  const { status, ...rest } = object
  const metadata = { ...object.metadata }
  if (metadata.creationTimestamp === null) delete metadata.creationTimestamp
  const isEmptyStatus = status === null || (isMapping(status) && Object.keys(status).length === 0)
  return sortKeys({
    ...rest,
    metadata,
    ...(status !== undefined && !isEmptyStatus && { status }),
  }) as KubernetesObject
}

/** Leaves room for the suffix and `.yaml` in the 255 bytes that every file system takes. */
const longestName = 200

/**
 * `<kind>[.<group>]-<namespace>-<name>.yaml` in lower case. A part of the object's identity's hash follows where the
 * plain name would not be safe on every file system, or where two objects would share it.
 */
function fileNames(objects: readonly KubernetesObject[]): string[] {
  const plain = objects.map((object) => plainName(objectId(object)))
  const uses = Map.groupBy(plain, (name) => name)
  return objects.map((object, index) => {
    const name = plain[index] ?? ''
    const safe = name.replaceAll(/[^a-z0-9._-]/g, '_').slice(0, longestName)
    if (safe === name && uses.get(name)?.length === 1) return `${name}.yaml`
    return `${safe}-${hashText(objectKey(objectId(object))).slice(0, 10)}.yaml`
  })
}

function plainName({ group, kind, namespace, name }: ObjectId): string {
  const type = group === '' ? kind : `${kind}.${group}`
  return [type, ...(namespace === '' ? [] : [namespace]), name].join('-').toLowerCase()
}

function duplicate(object: KubernetesObject): Problem {
  return {
    code: 'DUPLICATE_OBJECT',
    path: '',
    line: 0,
    message: `${formatObjectId(objectId(object))} is rendered more than once; the last one would win`,
    fix: 'remove or rename one of them',
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
