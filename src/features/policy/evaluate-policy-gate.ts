import type { Finding } from '../../domain/finding.ts'
import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Verdict } from '../../domain/verdict.ts'

/**
 * The policy gate. Blocks on a policy that could not be evaluated and on every new finding of severity `error`;
 * warnings, notices and what the base had already are shown and let through.
 */
export function evaluatePolicyGate(all: readonly Finding[], problems: readonly Problem[]): Verdict {
  const findings = all.filter(({ gate }) => gate === undefined)
  const closing = findings.filter(({ severity, isOld }) => severity === 'error' && !isOld)
  if (problems.length > 0) {
    return {
      gate: 'policy',
      outcome: 'block',
      reason: `${count(problems.length, 'policy problem')}: what cannot be evaluated does not pass`,
      details: [...problems.map(({ message }) => message), ...closing.map(toLine)],
      fix: problems[0]?.fix,
    }
  }
  if (closing.length > 0) {
    return {
      gate: 'policy',
      outcome: 'block',
      reason: count(closing.length, 'new policy error'),
      details: closing.map(toLine),
      fix: closing[0]?.fix,
    }
  }
  const fresh = findings.filter(({ isOld }) => !isOld)
  return { gate: 'policy', outcome: 'pass', reason: passReason(fresh, findings), details: fresh.map(toLine) }
}

function passReason(fresh: readonly Finding[], all: readonly Finding[]): string {
  const parts = [
    ...(fresh.length > 0 ? [count(fresh.length, 'new warning or notice', 'new warnings or notices')] : []),
    ...(all.length > fresh.length ? [`${all.length - fresh.length} known from before`] : []),
  ]
  return parts.length > 0 ? `no new errors; ${parts.join(', ')}` : 'nothing found'
}

function toLine({ policy, target, object, message }: Finding): string {
  return `${policy}: ${formatObjectId(object)} (${target.environment}/${target.cluster}): ${message}`
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
