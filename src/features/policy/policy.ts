import type { Severity } from '../../domain/finding.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { LabelSelector } from '../../domain/label-selector.ts'
import type { Target } from '../../domain/refs.ts'
import type { CelProgram } from './cel.ts'

/** A ValidatingAdmissionPolicy, compiled. Source of the fields: Kubernetes API reference, admissionregistration.k8s.io/v1. */
export interface Policy {
  name: string
  /** For people: annotation `drawbridge.dev/title`. */
  title: string
  /** Annotation `drawbridge.dev/severity`. */
  severity: Severity
  /** Annotation `drawbridge.dev/fix`. */
  fix: string
  /** Environments it is about, with `*` as wildcard: annotation `drawbridge.dev/environments`; empty means all. */
  environments: string[]
  /** What of an object it looks at, for the line that a finding is shown on: annotation `drawbridge.dev/fields`. */
  fields: string[]
  path: string
  line: number
  rules: ResourceRule[]
  excluded: ResourceRule[]
  labels: LabelSelector
  conditions: NamedExpression[]
  variables: NamedExpression[]
  validations: Validation[]
}

/** Lists as in Kubernetes; `*` matches everything. */
export interface ResourceRule {
  apiGroups: string[]
  apiVersions: string[]
  operations: string[]
  /** Plural, lower case: `deployments`. Subresources never occur in git. */
  resources: string[]
  /** Empty: any name. */
  resourceNames: string[]
  scope: string
}

export interface NamedExpression {
  name: string
  program: CelProgram
}

export interface Validation {
  program: CelProgram
  message: string
  messageProgram?: CelProgram
}

/** The objects of one target, each with its former self where there was one. */
export interface PolicyTarget {
  target: Target
  /** The source's file for annotations. */
  path: string
  objects: { before?: KubernetesObject; after: KubernetesObject }[]
}
