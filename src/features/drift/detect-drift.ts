import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { hashOf, metaHash } from './fingerprint.ts'

/** What is remembered of one object after it was applied. */
export interface AppliedRecord {
  uid: string
  /** Hash of our managedFields entry. */
  fields: string
  /** Hash of the labels and annotations that we applied. */
  meta: string
  /** metadata.generation; absent for kinds without. */
  generation?: number
  /** metadata.resourceVersion, kept for kinds without generation. */
  version?: string
  /** When it was last applied or verified. */
  at: Instant
  /** A Job that completed: its being cleaned up is no drift. */
  isFinished?: boolean
}

export type Drift =
  /** As it was applied. */
  | { kind: 'none' }
  /** Somebody deleted it. */
  | { kind: 'deleted' }
  /** Somebody made another one under its name. */
  | { kind: 'replaced' }
  /** A field, label or annotation of ours has another value or owner. */
  | { kind: 'changed' }
  /** Something changed that may be ours: one apply tells, and writes nothing when it is not. */
  | { kind: 'verify' }

/** Kinds without generation change their version for many reasons: looked into at most so often per object. */
const verifyIntervalMs = 10 * 60_000

/** Each object is looked into so often though nothing seems to have changed: with hourly looks, one of a hundred in each. */
const sampleIntervalMs = 100 * 60 * 60_000

/**
 * Whether a live object still is what was applied, without comparing content: any other manager's write to a field of
 * ours takes the field out of our managedFields entry. Writers under our own name show in the generation.
 * Source: sigs.k8s.io/structured-merge-diff, merge/update.go, `removeDisownedItems` and `update`.
 */
export function detectDrift(
  record: AppliedRecord,
  applied: KubernetesObject,
  live: LiveObject | undefined,
  now: Instant,
): Drift {
  if (live === undefined) return record.isFinished ? { kind: 'none' } : { kind: 'deleted' }
  if (live.metadata.deletionTimestamp !== undefined) return { kind: 'none' }
  if (live.metadata.uid !== record.uid) return { kind: 'replaced' }
  if (live.fields !== record.fields) return { kind: 'changed' }
  if (metaHash(applied, live) !== record.meta) return { kind: 'changed' }
  if (record.generation !== undefined && live.metadata.generation !== record.generation)
    return { kind: 'verify' }
  const hasOtherVersion = record.version !== undefined && live.metadata.resourceVersion !== record.version
  if (hasOtherVersion && now - record.at >= verifyIntervalMs) return { kind: 'verify' }
  return isSampled(record, now) ? { kind: 'verify' } : { kind: 'none' }
}

/** Objects have their turns at different times, by their uid. What was applied lately is left out. */
function isSampled({ uid, at }: AppliedRecord, now: Instant): boolean {
  if (now - at < sampleIntervalMs / 2) return false
  const phase = Number.parseInt(hashOf(uid).slice(0, 8), 16) % sampleIntervalMs
  return now - ((now - phase) % sampleIntervalMs) > at
}
