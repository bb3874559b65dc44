import type { OrganisationRules } from '../../domain/configuration.ts'
import { parseConfiguration } from './parse-configuration.ts'

type TextOf = (path: string) => string | undefined
type Parsed = ReturnType<typeof parseConfiguration>

/** Everything that an answer was made of, and the answer. */
interface Known {
  text: string
  path: string
  organisation: string | undefined
  /** Other files of the repository, as they were read for it. */
  asked: [path: string, text: string | undefined][]
  parsed: Parsed
}

/** Both sides of some pull requests at once. */
const mostKnown = 32

const known: Known[] = []

/**
 * As `parseConfiguration`, which takes milliseconds: one look at a pull request asks for the same texts again and again.
 * The answer is the same object as before, so nobody may change it.
 */
export function rememberConfiguration(
  text: string | undefined,
  path: string,
  textOf: TextOf,
  rules: OrganisationRules | undefined,
): Parsed {
  if (text === undefined) return parseConfiguration(text, path)
  const organisation = rules && JSON.stringify(rules)
  const place = known.findIndex(
    (one) =>
      one.text === text &&
      one.path === path &&
      one.organisation === organisation &&
      one.asked.every(([other, before]) => textOf(other) === before),
  )
  const [found] = place === -1 ? [] : known.splice(place, 1)
  const newest = found ?? read({ text, path, organisation }, textOf, rules)
  known.unshift(newest)
  known.splice(mostKnown)
  return newest.parsed
}

function read(
  key: Pick<Known, 'text' | 'path' | 'organisation'>,
  textOf: TextOf,
  rules: OrganisationRules | undefined,
): Known {
  const asked = new Map<string, string | undefined>()
  const take = (path: string) => {
    const text = textOf(path)
    asked.set(path, text)
    return text
  }
  const parsed = parseConfiguration(key.text, key.path, take, rules)
  return { ...key, asked: [...asked], parsed }
}
