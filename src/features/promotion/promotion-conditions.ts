import type { PromotionRule } from '../../domain/configuration.ts'
import { spellCheck } from './evaluate-source-checks.ts'
import { spellSeconds } from './spell-seconds.ts'

/** What a promotion waits for where it comes from, each as the end of a sentence that begins with “Waits until”. */
export function promotionConditions(
  { soakSeconds, slos, checks = [], batch }: Pick<PromotionRule, 'soakSeconds' | 'slos' | 'checks' | 'batch'>,
  from: string,
): string[] {
  const soak = soakSeconds > 0 ? ` for ${spellSeconds(soakSeconds)}` : ''
  return [
    `it has been healthy on every cluster of ${from}${soak}`,
    ...(batch === 'quiet' ? [`nothing newer runs in ${from}`] : []),
    ...(slos === undefined ? [] : [sloWords[slos](from)]),
    ...checks.map((check) => `${spellCheck(check)} is green on the commit of ${from} that it carries`),
  ]
}

const sloWords = {
  healthy: (from: string) => `every SLO of it in ${from} is healthy; what nobody can tell waits`,
  'not-breached': (from: string) => `no SLO of it in ${from} is breached; what nobody can tell is said`,
}
