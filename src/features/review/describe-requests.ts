import type { ResourceSum, TargetDiff } from '../../domain/object-diff.ts'
import { formatCpu, formatMemory } from '../diff/format-requests.ts'
import { sum } from './review-groups.ts'

/**
 * What the pods of an environment ask for, over all its targets whose requests change:
 * `CPU 2.5 → 3 (+0.5), memory 4 GiB → 3.5 GiB (−512 MiB)`. Undefined where nothing changes in the whole.
 */
export function describeRequests(targets: readonly TargetDiff[], environment: string): string | undefined {
  const sums = targets.flatMap(({ target, requests }) =>
    requests && target.environment === environment ? [requests] : [],
  )
  const total = (side: 'before' | 'after', amount: keyof ResourceSum) =>
    sum(sums, (each) => each[side][amount])
  const parts = [
    describe('CPU', formatCpu, total('before', 'cpuMillicores'), total('after', 'cpuMillicores')),
    describe('memory', formatMemory, total('before', 'memoryBytes'), total('after', 'memoryBytes')),
  ].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(', ') : undefined
}

function describe(name: string, format: (amount: number) => string, before: number, after: number) {
  if (before === after) return undefined
  const sign = after > before ? '+' : '−'
  return `${name} ${format(before)} → ${format(after)} (${sign}${format(Math.abs(after - before))})`
}
