import type { PolicySettings } from '../../domain/configuration.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Problem } from '../../domain/problem.ts'
import type { PolicyRequest } from '../../ports/policy-evaluator.ts'

/** What passes between the evaluator and its worker thread. */
export interface WorkerData {
  limits: {
    /** Computing time of one policy on fifty objects. */
    policyMs: number
    /** Computing time of everything. */
    requestMs: number
    rememberedFiles: number
  }
}

export interface WorkerRequest {
  id: number
  policies: { path: string; text: string }[]
  settings: PolicySettings
  targets: PolicyRequest['targets']
}

export interface WorkerAnswer {
  id: number
  findings: Finding[]
  problems: Problem[]
}

/** The request as a whole was not answered in time, or not at all. */
export function tooSlow(reason: string): Problem {
  return {
    code: 'POLICY_TIMEOUT',
    path: '',
    line: 0,
    message: `the policies together: ${reason}`,
    fix: 'make the policies of the repository cheaper, or turn the expensive ones off under policies.severities',
  }
}
