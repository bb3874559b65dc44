import { parsePathPattern } from '../approvals/path-pattern.ts'
import { quote } from './check-shape.ts'
import type { NeedDocument } from './schema/approvals-schema.ts'
import { type PlacedProblem, problemAt } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'

/** Needs that are well shaped but cannot be meant. */
export function checkApprovals(need: NeedDocument, at: YamlPath): PlacedProblem[] {
  return [
    ...checkKind(need, at),
    ...checkPeople(need, at),
    ...checkCondition(need, at),
    ...checkInner(need, at),
  ]
}

/** People, or `all`, or `any`: two of them at one place could be read either way. */
function checkKind(need: NeedDocument, at: YamlPath): PlacedProblem[] {
  const people = (['count', 'from', 'each'] as const).filter((key) => need[key] !== undefined)
  const groups = (['all', 'any'] as const).filter((key) => need[key] !== undefined)
  const [group, other] = [...groups, ...people]
  if (groups.length === 0 || other === undefined) return []
  const fix = `put ${other} into an entry of ${group}, or remove one of them`
  return [problemAt([...at, other], 'conflict', `${group} and ${other} are both given`, fix)]
}

function checkPeople({ count, from, each }: NeedDocument, at: YamlPath): PlacedProblem[] {
  if (each !== undefined && Array.isArray(from)) {
    const fix = 'write count for a list of people'
    return [problemAt([...at, 'each'], 'conflict', 'each is for owners, not for a list of people', fix)]
  }
  const people = Array.isArray(from) ? from.filter((name) => !name.includes('/')).length : 0
  if (Array.isArray(from) && people === from.length && (count ?? 1) > people) {
    const sentence = `${count} of ${people} ${people === 1 ? 'person' : 'people'} can never approve`
    return [problemAt([...at, 'count'], 'value', sentence, 'name more people or teams, or ask for fewer')]
  }
  return []
}

function checkCondition({ when }: NeedDocument, at: YamlPath): PlacedProblem[] {
  if (when === undefined) return []
  const keys = (['applications', 'paths', 'dangers'] as const).filter((key) => when[key]?.length === 0)
  return [
    ...keys.map((key) =>
      problemAt(
        [...at, 'when', key],
        'value',
        'an empty list fits nothing',
        'name something, or remove the key',
      ),
    ),
    ...[...(when.paths ?? []).entries()].flatMap(([index, pattern]) =>
      parsePathPattern(pattern) === undefined
        ? [
            problemAt(
              [...at, 'when', 'paths', index],
              'value',
              `${quote(pattern)} can match nothing`,
              'write a pattern as in CODEOWNERS: /apps/checkout/',
            ),
          ]
        : [],
    ),
  ]
}

function checkInner(need: NeedDocument, at: YamlPath): PlacedProblem[] {
  return (['all', 'any'] as const).flatMap((key) => {
    const inner = need[key]
    if (inner?.length === 0) {
      return [
        problemAt(
          [...at, key],
          'value',
          'an empty list asks nobody',
          'name who must approve, or remove the key',
        ),
      ]
    }
    return [...(inner ?? []).entries()].flatMap(([index, each]) => checkApprovals(each, [...at, key, index]))
  })
}
