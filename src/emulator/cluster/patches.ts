import { isSame } from './compare-values.ts'
import { isMap } from './field-set.ts'
import { StatusError } from './status-error.ts'

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {}
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field]
    else result[field] = mergePatch(result[field], value)
  }
  return result
}

interface Operation {
  op: string
  path: string
  value?: unknown
}

/** RFC 6902: add, replace, remove and test. */
export function jsonPatch(target: unknown, operations: Operation[]): unknown {
  const root = { '': structuredClone(target) }
  for (const operation of operations) {
    const steps = operation.path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = steps.pop() ?? ''
    const parent = steps.reduce<unknown>(
      (node, step) => (node as Record<string, unknown> | undefined)?.[step],
      root,
    )
    const holder = steps.length === 0 ? root : parent
    if (typeof holder !== 'object' || holder === null) throw invalidPatch(operation.path)
    perform(holder as Record<string, unknown>, last, operation)
  }
  return root['']
}

function perform(holder: Record<string, unknown>, name: string, operation: Operation): void {
  if (operation.op === 'test') {
    if (!isSame(holder[name], operation.value))
      throw new StatusError(
        422,
        'Invalid',
        `the server rejected our request: testing path ${operation.path} failed`,
      )
    return
  }
  if (operation.op === 'remove' && Array.isArray(holder)) holder.splice(Number(name), 1)
  else if (operation.op === 'remove') delete holder[name]
  else if (operation.op === 'add' && Array.isArray(holder))
    holder.splice(name === '-' ? holder.length : Number(name), 0, operation.value)
  else if (operation.op === 'add' || operation.op === 'replace') holder[name] = operation.value
  else throw invalidPatch(operation.path)
}

function invalidPatch(path: string): StatusError {
  return new StatusError(422, 'Invalid', `the server rejected our request: cannot patch ${path}`)
}
