import type { PolicySettings } from '../../domain/configuration.ts'
import type { Finding, Severity } from '../../domain/finding.ts'
import { formatObjectId, type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import { targetKey } from '../../domain/refs.ts'
import { evaluateObject } from './evaluate-object.ts'
import { type Limit, PolicyTimeout } from './limit.ts'
import { isAboutEnvironment } from './matches-policy.ts'
import type { Policy, PolicyTarget } from './policy.ts'

/**
 * Evaluates every policy on every object. What cannot be evaluated is a problem and closes the gate, never a pass.
 * The answer does not depend on the order of policies, targets or objects.
 */
export function evaluatePolicies(
  policies: readonly Policy[],
  settings: PolicySettings,
  targets: readonly PolicyTarget[],
  limit: Limit = (work) => work(),
): { findings: Finding[]; problems: Problem[] } {
  const severities = new Map(Object.entries(settings.severities))
  const active = policies.filter(({ name }) => severities.get(name) !== 'off')
  const results = active.map((policy) => {
    const severity = severities.get(policy.name)
    return evaluatePolicy(policy, severity === 'off' ? undefined : severity, targets, limit)
  })
  return {
    findings: results.flatMap(({ findings }) => findings).toSorted(byPlace),
    problems: [
      ...unknownNames(policies, settings),
      ...duplicates(active),
      ...results.flatMap(({ problems }) => problems),
    ].toSorted((a, b) => compare(a.message, b.message)),
  }
}

function evaluatePolicy(
  policy: Policy,
  severity: Severity | undefined,
  targets: readonly PolicyTarget[],
  limit: Limit,
) {
  const findings: Finding[] = []
  const failures: { reason: string; where: string }[] = []
  const concerned = targets.filter(({ target }) => isAboutEnvironment(policy, target.environment))
  for (const { target, path, objects } of concerned.flatMap(inChunks)) {
    let current: KubernetesObject | undefined
    try {
      const outcome = limit(() =>
        objects.map(({ before, after }) => {
          current = after
          const { messages, failures } = evaluateObject(policy, after, before)
          const old = messages.length > 0 && before ? messagesOf(policy, before) : []
          return { object: after, messages, failures, old }
        }),
      )
      for (const { object, messages, failures: reasons, old } of outcome) {
        findings.push(
          ...messages.map((message) => ({
            policy: policy.name,
            severity: severity ?? policy.severity,
            target,
            object: objectId(object),
            message,
            fix: policy.fix,
            ...(policy.fields.length > 0 && { fields: policy.fields }),
            path,
            line: 1,
            isOld: old.includes(message),
          })),
        )
        failures.push(...reasons.map((reason) => ({ reason, where: nameOf(object, targetKey(target)) })))
      }
    } catch (error) {
      if (!(error instanceof PolicyTimeout)) throw error
      const where = current ? nameOf(current, targetKey(target)) : targetKey(target)
      return { findings, problems: [timeout(policy, error.message, where)] }
    }
  }
  return { findings, problems: summarise(policy, failures) }
}

/** The limit is for a policy that is slow, not for a target that is large. */
const objectsPerLimit = 50

function inChunks({ objects, ...rest }: PolicyTarget): PolicyTarget[] {
  const count = Math.max(Math.ceil(objects.length / objectsPerLimit), 1)
  return Array.from({ length: count }, (_, index) => ({
    ...rest,
    objects: objects.slice(index * objectsPerLimit, (index + 1) * objectsPerLimit),
  }))
}

/** What the policy says about the base's object by itself: an update that changes nothing. */
function messagesOf(policy: Policy, object: KubernetesObject): string[] {
  return evaluateObject(policy, object, object).messages
}

function nameOf(object: KubernetesObject, target: string): string {
  return `${formatObjectId(objectId(object))} (${target})`
}

/** One problem per expression, with the first object by name and how many more. */
function summarise(policy: Policy, failures: { reason: string; where: string }[]): Problem[] {
  const byReason = Map.groupBy(failures, ({ reason }) => reason)
  return [...byReason].map(([reason, all]) => {
    const where = all.map((failure) => failure.where).toSorted(compare)
    const more = where.length > 1 ? ` and ${where.length - 1} more` : ''
    return {
      code: 'POLICY_FAILED',
      path: policy.path,
      line: policy.line,
      message: `policy ${policy.name}: ${reason} on ${where[0]}${more}`,
      fix: 'guard the field with has(), or compare with the right type; a policy that cannot be evaluated keeps the gate closed',
    }
  })
}

function timeout(policy: Policy, reason: string, where: string): Problem {
  return {
    code: 'POLICY_TIMEOUT',
    path: policy.path,
    line: policy.line,
    message: `policy ${policy.name}: ${reason} on ${where}`,
    fix: 'make the expression cheaper: no nested all(), exists() or map() over the same list',
  }
}

function unknownNames(policies: readonly Policy[], settings: PolicySettings): Problem[] {
  const names = new Set(policies.map(({ name }) => name))
  return Object.keys(settings.severities)
    .filter((name) => !names.has(name))
    .map((name) => ({
      code: 'POLICY_UNKNOWN',
      path: '.drawbridge.yaml',
      line: 0,
      message: `policies.severities.${name}: there is no policy of that name`,
      fix: 'use the name of a shipped policy or of one in the folders of policies',
    }))
}

function duplicates(policies: readonly Policy[]): Problem[] {
  return [...Map.groupBy(policies, ({ name }) => name)].flatMap(([name, same]) => {
    if (same.length < 2) return []
    const paths = same.map(({ path }) => path).toSorted(compare)
    return [
      {
        code: 'POLICY_DUPLICATE',
        path: paths[0] ?? '',
        line: 0,
        message: `policy ${name}: defined more than once, in ${paths.join(' and ')}`,
        fix: `give one of them another metadata.name; to turn a shipped policy off, set policies.severities.${name}: off`,
      },
    ]
  })
}

function byPlace(a: Finding, b: Finding): number {
  const key = (finding: Finding) =>
    [targetKey(finding.target), objectKey(finding.object), finding.policy, finding.message].join('\n')
  return compare(key(a), key(b))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
