import { healthStatuses } from '../domain/health.ts'
import { type Release, releasePhases } from '../domain/release.ts'
import type { Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'

/** Targets that have figures of their own: the others are in the sums, and `drawbridge_targets_left_out` says how many. */
const mostTargets = 5_000

const place = ['application', 'environment', 'cluster'] as const
type Place = Record<(typeof place)[number], string>

/** The figures of each target, wherever it is served: read from what the reconcilers, here and beside clusters, said last. */
export function registerTargetFigures(telemetry: Telemetry, store: Pick<Store, 'releases'>): void {
  const each = async <Label extends string>(
    read: (release: Release) => { labels?: Record<Label, string>; value: number | undefined },
  ) =>
    (await newest(store)).slice(0, mostTargets).flatMap((release) => {
      const { labels, value } = read(release)
      const all = { ...placeOf(release), ...labels } as Place & Record<Label, string>
      return value === undefined ? [] : [{ labels: all, value }]
    })
  telemetry.gauge(
    {
      name: 'drawbridge_target_phase',
      help: `Phase of each target, as its place in: ${releasePhases.join(', ')} (from 0).`,
      labels: place,
    },
    () => each(({ phase }) => ({ value: releasePhases.indexOf(phase) })),
  )
  telemetry.gauge(
    {
      name: 'drawbridge_target_health',
      help: `Health of each target, as its place in: ${healthStatuses.join(', ')} (from 0).`,
      labels: place,
    },
    () => each(({ health }) => ({ value: healthStatuses.indexOf(health.status) })),
  )
  telemetry.gauge(
    {
      name: 'drawbridge_target_applied_timestamp_seconds',
      help: 'When the release of each target was applied.',
      labels: place,
    },
    () => each(({ appliedAt }) => ({ value: inSeconds(appliedAt) })),
  )
  telemetry.gauge(
    {
      name: 'drawbridge_target_apply_to_healthy_seconds',
      help: 'How long the release of each target took from being applied to being healthy.',
      labels: place,
    },
    () =>
      each(({ appliedAt, healthyAt }) => ({
        value:
          appliedAt === undefined || healthyAt === undefined
            ? undefined
            : Math.max(0, healthyAt - appliedAt) / 1000,
      })),
  )
  telemetry.gauge(
    {
      name: 'drawbridge_target_drift_heals',
      help: 'How often the object that drifted last was put back, in the time in which heals are counted.',
      labels: place,
    },
    () => each(({ drift }) => ({ value: drift?.count })),
  )
  telemetry.gauge(
    { name: 'drawbridge_target_paused', help: '1 for each target that is paused.', labels: place },
    () => each(({ pause }) => ({ value: pause && 1 })),
  )
  telemetry.gauge(
    {
      name: 'drawbridge_targets_left_out',
      help: 'Targets beyond those that have figures of their own.',
      labels: [],
    },
    async () => [{ labels: {}, value: Math.max(0, (await newest(store)).length - mostTargets) }],
  )
}

async function newest(store: Pick<Store, 'releases'>): Promise<Release[]> {
  return (await store.releases.list()).map(({ release }) => release)
}

function placeOf({ target }: Release): Place {
  const { application, environment, cluster } = target
  return { application, environment, cluster }
}

function inSeconds(at: number | undefined): number | undefined {
  return at === undefined ? undefined : at / 1000
}
