import type { ObjectId } from './kubernetes-object.ts'
import type { Target } from './refs.ts'

export type Severity = 'error' | 'warning' | 'notice'

/** One policy broken by one object. Only an `error` that the base did not have already closes the gate. */
export interface Finding {
  policy: string
  /** Closes this gate; the policy gate where absent. */
  gate?: 'tenancy'
  severity: Severity
  target: Target
  object: ObjectId
  message: string
  fix: string
  /** Ends of paths that may be to blame, as the policy names them: `containers[*].image`. */
  fields?: string[]
  /** Where in the repository, for the annotation; line 1 of the source's file where nothing better is known. */
  path: string
  line: number
  /** The base side has the same finding: shown, but it does not close the gate. */
  isOld: boolean
}
