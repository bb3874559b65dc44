import { type ConflictAnswer, conflictAnswers, type ConflictRule } from '../../domain/configuration.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { matchesGlob } from '../config/glob.ts'
import { removeField } from './field-path.ts'

/** On an object: the answer for every conflict about it. */
export const conflictsAnnotation = 'drawbridge.dev/conflicts'

/** As the API server names it: `.spec.template.spec.containers[name="app"].image`. */
export interface Conflict {
  manager: string
  field: string
}

/** Ways by which objects come into a cluster before a control plane looks after them. */
export const earlierDeployers = [
  'kubectl*',
  'before-first-apply',
  'helm',
  'Helm',
  'helm-controller',
  'kustomize-controller',
  'kustomize*',
  'argocd*',
  'fleetagent',
  'kapp*',
  'kluctl*',
  'pulumi*',
  'Terraform',
  'terraform*',
]

/** Programs that write what they have computed: they would write it again and again. */
const controllers = [
  'kube-controller-manager',
  'cloud-controller-manager',
  'keda*',
  'vpa-*',
  '*-controller',
  '*-controller-manager',
  '*-operator',
  '*-autoscaler',
  '*cainjector*',
]

/** What holds where nothing else is said. */
const standingRules: ConflictRule[] = [
  { managers: earlierDeployers, answer: 'take-over' },
  { managers: controllers, answer: 'yield' },
]

export interface ConflictPlan {
  /** As it is applied again: without what is left to others. */
  object: KubernetesObject
  force: boolean
  /** For people: what is left to whom. */
  notes: string[]
  /** What nobody has decided; nothing is applied then. */
  open: Conflict[]
}

/**
 * How conflicts are settled. Of an object that is ours already our value wins over whoever is not known: that is healing.
 * Of one that is not, a manager that no rule names keeps what it has, and people are asked.
 */
export function planConflicts(
  object: KubernetesObject,
  conflicts: readonly Conflict[],
  isKnown: boolean,
  rules: readonly ConflictRule[] = [],
): ConflictPlan {
  const answered = conflicts.map((conflict) => ({
    ...conflict,
    answer: answerTo(object, conflict, isKnown, rules),
  }))
  const open = answered
    .filter(({ answer }) => answer === 'fail')
    .map(({ manager, field }) => ({ manager, field }))
  const left = answered.filter(({ answer }) => answer === 'yield')
  return {
    object: left.reduce((rest, { field }) => removeField(rest, field), object),
    force: answered.some(({ answer }) => answer === 'take-over'),
    notes: left.map(({ manager, field }) => `${field.replace(/^\./, '')} is left to ${manager}`),
    open,
  }
}

function answerTo(
  object: KubernetesObject,
  conflict: Conflict,
  isKnown: boolean,
  rules: readonly ConflictRule[],
): ConflictAnswer {
  const own = conflictAnswers.find((answer) => answer === object.metadata.annotations?.[conflictsAnnotation])
  if (own !== undefined) return own
  const rule = [...rules, ...standingRules].find((each) => isAbout(each, object, conflict))
  return rule?.answer ?? (isKnown ? 'take-over' : 'fail')
}

function isAbout(rule: ConflictRule, object: KubernetesObject, { manager, field }: Conflict): boolean {
  const dotted = field.replace(/^\./, '')
  return (
    rule.managers.some((glob) => matchesGlob(glob, manager)) &&
    (rule.kinds === undefined || rule.kinds.includes(object.kind)) &&
    (rule.fields === undefined || rule.fields.some((start) => isBelow(dotted, start)))
  )
}

function isBelow(field: string, start: string): boolean {
  return field === start || field.startsWith(`${start}.`) || field.startsWith(`${start}[`)
}
