import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { hashOf } from '../drift/fingerprint.ts'
import { hookOf } from '../sync/hook-of.ts'

/** Room for the end in the 63 characters of a label, which Jobs give their pods. */
const longestStart = 52

/**
 * A hook with `generateName` gets a name that ends in a hash of what it holds: an apply needs a name, and a hook runs once
 * per release whatever it is called. Anything else with `generateName` would be made again and again, and stays as it is.
 */
export function nameHook(data: Record<string, unknown>): Record<string, unknown> {
  const metadata = data['metadata'] as Record<string, unknown> | undefined
  const { generateName, name, ...rest } = metadata ?? {}
  const isNamed = name !== undefined && name !== null && name !== ''
  if (typeof generateName !== 'string' || isNamed) return data
  if (!hookOf(data as unknown as KubernetesObject)?.runs.length) return data
  const end = hashOf([data['kind'], data['spec'], data['data'], rest]).slice(0, 10)
  return { ...data, metadata: { ...rest, name: `${generateName.slice(0, longestStart)}${end}` } }
}
