import type { Access } from '../../src/dashboard/access.ts'
import { createChanges } from '../../src/dashboard/changes.ts'
import type { DashboardPorts } from '../../src/dashboard/dashboard.ts'
import type { toReviewPage } from '../../src/features/review/review-page.ts'
import type { TimelineEntry } from '../../src/features/rollback/release-timeline.ts'
import type { SloStanding } from '../../src/features/slo/slo-standing.ts'
import type { AuditRow } from '../../src/domain/audit.ts'
import type { PullRef, RepositoryRef } from '../../src/domain/refs.ts'
import type { Release } from '../../src/domain/release.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import { noon, shop } from '../builders.ts'

/** Time that moves only when it is told to. */
export function aStillClock(): Clock & { pass(): void; sleepers(): number } {
  const wakers = new Set<() => void>()
  return {
    now: () => noon,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          wakers.delete(wake)
          resolve()
        }
        wakers.add(wake)
        if (signal?.aborted) wake()
        signal?.addEventListener('abort', wake)
      }),
    pass() {
      for (const wake of wakers) wake()
    },
    sleepers: () => wakers.size,
  }
}

export interface Kept {
  releases?: Release[]
  repository?: RepositoryRef
  audit?: AuditRow[]
  review?: ReturnType<typeof toReviewPage>
  slos?: SloStanding[]
  timeline?: TimelineEntry[]
}

/** A store that holds what is given, and fails for everything that the dashboard has no business with. */
export function dashboardPorts(kept: Kept = {}) {
  const { releases = [], repository = shop, audit = [], review } = kept
  const store: Pick<Store, 'releases' | 'audit' | 'cache'> = {
    releases: {
      put: refuse,
      get: refuse,
      list: async () => releases.map((release) => ({ repository, release })),
    },
    audit: {
      append: refuse,
      verify: refuse,
      list: async ({ subject, limit }) =>
        audit.filter((row) => subject === undefined || row.subject === subject).slice(0, limit),
    },
    cache: {
      put: refuse,
      async get(key) {
        const content =
          key === 'review-page/101#12'
            ? JSON.stringify(review?.page)
            : review?.parts.get(key.replace('part/', ''))
        return content === undefined ? undefined : Buffer.from(content)
      },
    },
  }
  return {
    store: store as Store,
    clock: aStillClock(),
    changes: createChanges(),
    partKey: (part: string) => `part/${part}`,
    reviewKey: ({ repository: { id }, number }: PullRef) => `review-page/${id}#${number}`,
    access: { kind: 'everybody' } as Access,
    repositories: () => [repository],
    slos: async () => kept.slos ?? [],
    timeline: async () => kept.timeline ?? [],
    named: (owner: string, name: string) => (owner === 'shop' && name === 'config' ? repository : undefined),
  } satisfies DashboardPorts
}

function refuse(): never {
  throw new Error('the dashboard only reads')
}

export function anAuditRow(overrides: Partial<AuditRow> = {}): AuditRow {
  return {
    sequence: 1,
    at: noon,
    what: 'merge-pull',
    subject: 'merge/101#12',
    actor: 'drawbridge',
    reason: 'Raise checkout to 1.9.0 (#12)',
    data: {},
    hash: 'f'.repeat(64),
    ...overrides,
  }
}
