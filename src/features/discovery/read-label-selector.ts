import type { LabelSelector } from '../../domain/label-selector.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'

/** A selector as an object writes it. */
export function readLabelSelector(value: unknown): LabelSelector {
  const selector = asMapping(value)
  return {
    matchLabels: Object.fromEntries(
      Object.entries(asMapping(selector.matchLabels)).map(([key, each]) => [key, asText(each)]),
    ),
    matchExpressions: asMappings(selector.matchExpressions).map((each) => ({
      key: asText(each.key),
      operator: asText(each.operator),
      values: asTexts(each.values),
    })),
  }
}

export function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0
}
