import type { ApprovalNeed, ApprovalRule, PeopleNeed } from '../../domain/configuration.ts'
import type { ApprovalsDocument, NeedDocument } from './schema/approvals-schema.ts'

/** What an environment asks where nothing else is written: one of each group of owners. */
export const ownersNeed: PeopleNeed = { kind: 'people', from: 'owners', count: 1, each: 1, when: {} }

export function toApprovalRule({ fourEyes, ...rule }: ApprovalsDocument): ApprovalRule {
  const need = toNeed(rule)
  return { fourEyes: fourEyes ?? true, ...(need && { need }) }
}

/** Undefined: it asks nobody. */
function toNeed({ count, from, each, when, ...inner }: NeedDocument): ApprovalNeed | undefined {
  for (const kind of ['all', 'any'] as const) {
    const needs = inner[kind]
    if (needs) return { kind, of: needs.flatMap((need) => toNeed(need) ?? []), when: when ?? {} }
  }
  if (count === 0) return undefined
  return { kind: 'people', from: from ?? 'owners', count: count ?? 1, each: each ?? 1, when: when ?? {} }
}
