import type { Tenant } from './tenant.ts'

/** What `.drawbridge.yaml` says about the cluster side of one environment; carried to agents, signed, on the rendered ref. */
export interface ReconcileSettings {
  /** Of kinds that Drawbridge does not know, or other rules for those that it does. */
  health?: HealthRuleText[]
  /** Seconds for which everything must be healthy before the release is. */
  stableSeconds?: number
  /** Seconds after which a release that makes no progress has failed. */
  deadlineSeconds?: number
  /** Fields that others may write; the rules that are about an object add up. */
  ignore?: IgnoreRule[]
  /** Applications whose drift is reported and not put back; globs (`*` only). */
  reportOnly?: string[]
  /** By file: the limits of today. What was released under others has to stay within these, too. */
  tenants?: Tenant[][]
}

/** How objects of one kind tell how they are. CEL; the first that is true decides, and none is `Progressing`. */
export interface HealthRuleText {
  /** `*.crossplane.io`: the group and everything below it. */
  group: string
  /** `*`: every kind of the group that has no rule of its own. */
  kind: string
  progressing?: string
  degraded?: string
  suspended?: string
  healthy?: string
  /** CEL, gives a text for people; the condition in question where absent. */
  message?: string
}

/** Fields that belong to whoever writes them after the object was created. What is not said fits everything. */
export interface IgnoreRule {
  /** Globs (`*` only). */
  applications?: string[]
  group?: string
  kind?: string
  namespace?: string
  name?: string
  /** JSON pointers: `/spec/replicas`. */
  fields: string[]
}
