import type { DemandedCheck } from '../../domain/check-answer.ts'
import type { PromotionRule, PromotionSources } from '../../domain/configuration.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { parseDuration } from './duration.ts'

type PromotionDocument = NonNullable<EnvironmentDocument['promotion']>
type CheckDocument = NonNullable<PromotionDocument['checks']>[number]

export function toPromotionRule(promotion: PromotionDocument): PromotionRule {
  return {
    from: toSources(promotion.from),
    soakSeconds: parseDuration(promotion.soak ?? '0m') ?? 0,
    isAutomatic: promotion.automatic ?? false,
    merge: promotion.merge ?? 'people',
    ...(promotion.slos !== undefined && { slos: promotion.slos }),
    ...(promotion.checks !== undefined && { checks: promotion.checks.map(toDemandedCheck) }),
    ...(promotion.batch !== undefined && { batch: promotion.batch }),
  }
}

/** A name alone may be anybody's. */
export function toDemandedCheck(check: CheckDocument): DemandedCheck {
  return typeof check === 'string' ? { name: check } : check
}

/** One name, a list of which all are needed, or how many of a list. */
export function toSources(from: PromotionDocument['from']): PromotionSources {
  if (typeof from === 'string') return { environments: [from], need: 1 }
  if (Array.isArray(from)) return { environments: from, need: from.length }
  if ('all' in from) return { environments: from.all, need: from.all.length }
  if ('any' in from) return { environments: from.any, need: 1 }
  return { environments: from.of, need: from.atLeast }
}
