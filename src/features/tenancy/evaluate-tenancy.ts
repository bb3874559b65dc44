import type { Configuration } from '../../domain/configuration.ts'
import type { Finding } from '../../domain/finding.ts'
import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Verdict } from '../../domain/verdict.ts'

/** The gate of tenants, which nobody opens by hand; none where no tenants are declared and nothing of ours is touched. */
export function evaluateTenancy(
  findings: readonly Finding[],
  { tenants }: Pick<Configuration, 'tenants'>,
): Verdict[] {
  const closing = findings.filter(({ gate }) => gate === 'tenancy')
  if (closing.length > 0)
    return [
      {
        gate: 'tenancy',
        outcome: 'block',
        reason: `${closing.length} ${closing.length === 1 ? 'object is' : 'objects are'} outside of what the application may deliver`,
        details: closing.map(
          ({ object, target, message }) =>
            `${formatObjectId(object)} (${target.environment}/${target.cluster}): ${message}`,
        ),
        fix: closing[0]?.fix,
      },
    ]
  if (tenants === undefined) return []
  return [{ gate: 'tenancy', outcome: 'pass', reason: 'everything stays within its tenant', details: [] }]
}
