import type { ObjectId } from './kubernetes-object.ts'
import type { Problem } from './problem.ts'
import type { Target } from './refs.ts'

export type DiffKind = 'added' | 'removed' | 'changed' | 'renamed'

/** Something about a change that deserves the first look, with the sentence that explains it. */
export interface Danger {
  /** Stable: `replicas-to-zero`, `image-latest`, `rbac-widened`, `stateful-deleted`, `immutable-field` … */
  code: string
  /** Dotted, list items by key: `spec.template.spec.containers[app].image`. Empty for the whole object. */
  field: string
  sentence: string
}

/** A unified hunk of the canonical YAML, Secrets masked. `lines` start with ' ', '+' or '-'. */
export interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  lines: string[]
}

export interface FieldChange {
  /** Dotted, list items by key. */
  field: string
  /** Values as JSON, masked where secret; absent: the field was not there. */
  before?: unknown
  after?: unknown
}

export interface ObjectDiff extends ObjectId {
  change: DiffKind
  /** The former identity of a renamed object. */
  from?: ObjectId
  dangers: Danger[]
  fields: FieldChange[]
  hunks: Hunk[]
  /** Lines that are noise (checksums, generated names), folded and counted, never dropped. */
  foldedLines: number
}

export interface TargetDiff {
  target: Target
  source: string
  objects: ObjectDiff[]
}

export interface RepositoryDiff {
  base: string
  head: string
  /** Only targets in which something differs. */
  targets: TargetDiff[]
  problems: Problem[]
}
