import type { Environment, PromotionSources } from '../../domain/configuration.ts'

type Node = Pick<Environment, 'name' | 'promotion'>

/**
 * The environments from which an application is promoted to one. Where it does not exist in one of them, those before
 * that one stand in its place: a stage that an application leaves out does not break the chain behind it.
 * Undefined where nothing is promoted there; no environments where the application is in none of them.
 */
export function sourcesFor(
  environments: readonly Node[],
  to: string,
  isIn: (environment: string) => boolean,
): PromotionSources | undefined {
  const found = new Map<string, PromotionSources | undefined>()
  return expand(to)

  function expand(name: string): PromotionSources | undefined {
    if (found.has(name)) return found.get(name)
    // A circle is a problem of the configuration, said there: it ends here.
    found.set(name, undefined)
    const from = environments.find((each) => each.name === name)?.promotion?.from
    const sources = from && joined(from, from.environments.map(stepOf))
    found.set(name, sources)
    return sources
  }

  function stepOf(environment: string): PromotionSources {
    const nothing = { environments: [], need: 0 }
    return isIn(environment) ? { environments: [environment], need: 1 } : (expand(environment) ?? nothing)
  }
}

/** All that were needed are all that there are; of some as many are needed as there can be. */
function joined(from: PromotionSources, steps: readonly PromotionSources[]): PromotionSources {
  const [only] = steps
  if (only && steps.length === 1) return only
  const environments = [...new Set(steps.flatMap((step) => step.environments))]
  const isWhole = from.need === from.environments.length
  return { environments, need: isWhole ? environments.length : Math.min(from.need, environments.length) }
}

/** `staging`, `eu and us`, `eu or us`, `2 of eu, us, asia` */
export function describeSources({ environments, need }: PromotionSources): string {
  if (environments.length <= 1) return environments[0] ?? 'nowhere'
  if (need === environments.length) return listed(environments, 'and')
  return need === 1 ? listed(environments, 'or') : `${need} of ${environments.join(', ')}`
}

function listed(names: readonly string[], word: string): string {
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}
