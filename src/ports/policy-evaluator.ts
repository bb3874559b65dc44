import type { Finding } from '../domain/finding.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { Problem } from '../domain/problem.ts'
import type { Target } from '../domain/refs.ts'
import type { PolicySettings } from '../domain/configuration.ts'

/** Evaluates policies in a worker that can be ended: an evil expression costs its own time limit and closes the gate. */
export interface PolicyEvaluator {
  evaluate(request: PolicyRequest): Promise<{ findings: Finding[]; problems: Problem[] }>
}

export interface PolicyRequest {
  settings: PolicySettings
  /** Policies of the repository's base: path → text. The shipped ones are known to the evaluator. */
  repositoryPolicies: Record<string, string>
  targets: {
    target: Target
    /** The source's file for annotations. */
    path: string
    /** Pairs by identity; `before` is CEL's `oldObject`. */
    objects: { before?: KubernetesObject; after: KubernetesObject }[]
  }[]
}
