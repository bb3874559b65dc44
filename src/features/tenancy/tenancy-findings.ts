import type { Configuration } from '../../domain/configuration.ts'
import type { Finding } from '../../domain/finding.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { definedScopes, isNamespaced } from '../rendering/kind-scope.ts'
import { findViolations } from './find-violations.ts'
import { limitsOf } from './limits-of.ts'

/** What the rendered targets hold that their applications may not deliver. Known from before or not: the agent refuses it. */
export function tenancyFindings(
  targets: readonly RenderedTarget[],
  configuration: Configuration,
  pathOf: (source: string) => string,
): Finding[] {
  if (!configuration.isConfigured) return []
  return targets.flatMap(({ target, source, objects }) => {
    const defined = definedScopes(objects)
    const violations = findViolations({
      target,
      limits: limitsOf(configuration, target),
      objects,
      isNamespaced: (object) => isNamespaced(object, defined),
    })
    return violations.map((violation) => ({
      ...violation,
      policy: 'tenancy',
      gate: 'tenancy' as const,
      severity: 'error' as const,
      target,
      path: pathOf(source),
      line: 1,
      isOld: false,
    }))
  })
}
