export const healthStatuses = [
  'Healthy',
  'Progressing',
  'Suspended',
  'Degraded',
  'Missing',
  'Unknown',
] as const
export type HealthStatus = (typeof healthStatuses)[number]

export interface Health {
  status: HealthStatus
  /** For people: which object, which condition. Empty when healthy. */
  reason: string
}

/** Worst last: the health of a whole is the worst health of its parts. */
const order: Record<HealthStatus, number> = {
  Healthy: 0,
  Suspended: 1,
  Progressing: 2,
  Unknown: 3,
  Missing: 4,
  Degraded: 5,
}

export function worstHealth(parts: readonly Health[]): Health {
  return parts.reduce<Health>((worst, part) => (order[part.status] > order[worst.status] ? part : worst), {
    status: 'Healthy',
    reason: '',
  })
}
