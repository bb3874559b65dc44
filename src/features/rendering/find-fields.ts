import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Step } from './yaml-places.ts'

const mostFound = 200
const deepest = 24

/**
 * The places of an object that a policy is about. A field is the end of a path, `containers[*].resources.limits.memory`:
 * the same in a Pod and in a CronJob. What an item of a list lacks is found by how far it leads.
 */
export function findFields(object: KubernetesObject, fields: readonly string[]): Step[][] {
  return fields.flatMap((field) => {
    const parts = field
      .split('.')
      .flatMap((part) => (part.endsWith('[*]') ? [part.slice(0, -3), '*'] : [part]))
    return startsOf(object, parts[0] ?? '', [], 0).flatMap(({ value, steps }) =>
      follow(value, parts.slice(1), steps),
    )
  })
}

/** Everywhere a key of that name stands. */
function startsOf(
  value: unknown,
  key: string,
  steps: Step[],
  depth: number,
): { value: unknown; steps: Step[] }[] {
  if (depth > deepest) return []
  return childrenOf(value)
    .flatMap(({ step, child }) => {
      const at = [...steps, step]
      const own = step === key ? [{ value: child, steps: at }] : []
      return [...own, ...startsOf(child, key, at, depth + 1)]
    })
    .slice(0, mostFound)
}

function follow(value: unknown, parts: readonly string[], steps: Step[]): Step[][] {
  const [part, ...rest] = parts
  if (part === undefined) return [steps]
  const children = childrenOf(value)
  if (part === '*') return children.flatMap(({ step, child }) => follow(child, rest, [...steps, step]))
  const found = children.find(({ step }) => step === part)
  if (found) return follow(found.child, rest, [...steps, found.step])
  const isInItem = steps.some((step) => typeof step === 'object')
  return isInItem && !parts.includes('*') ? [[...steps, part]] : []
}

function childrenOf(value: unknown): { step: Step; child: unknown }[] {
  if (Array.isArray(value)) {
    return value.map((child: unknown, index) => {
      const name = (child as { name?: unknown } | null)?.name
      return { step: { index, ...(typeof name === 'string' && { name }) }, child }
    })
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([step, child]) => ({ step, child: child as unknown }))
}

/** The value at a place; undefined where it leads nowhere. */
export function valueAt(object: unknown, steps: readonly Step[]): unknown {
  let at = object
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string | number, unknown>)[typeof step === 'string' ? step : step.index]
  }
  return at
}
