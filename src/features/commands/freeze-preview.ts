import { describeSources } from '../promotion/promotion-sources.ts'
import type { Environment } from '../../domain/configuration.ts'
import type { Rollout } from '../../domain/release.ts'

export interface PreviewFacts {
  /** What would be frozen; '*' is every application. */
  places: readonly { environment: string; application: string }[]
  /** Open pull requests and what each changes, as last reviewed; undefined: not reviewed yet. */
  pulls: readonly {
    number: number
    title: string
    changes: readonly { environment: string; application: string }[] | undefined
    isRevert: boolean
  }[]
  environments: readonly Environment[]
  rollouts: readonly (Pick<Rollout, 'application' | 'waves' | 'reached' | 'stopped'> & {
    environment: string
  })[]
}

/** What a freeze would stop, a sentence each: open pull requests, roll-outs between their waves, automatic promotions. */
export function freezePreview(facts: PreviewFacts): string[] {
  const isMeant = (place: { environment: string; application: string }) =>
    facts.places.some(
      ({ environment, application }) =>
        environment === place.environment && (application === '*' || application === place.application),
    )
  const pulls = facts.pulls
    .filter(({ isRevert, changes }) => !isRevert && changes?.some(isMeant))
    .map(({ number, title }) => `pull request ${number} would wait: ${title}`)
  const unknown = facts.pulls
    .filter(({ isRevert, changes }) => !isRevert && changes === undefined)
    .map(({ number }) => `pull request ${number} was not looked at yet: it may wait`)
  const rollouts = facts.rollouts
    .filter((rollout) => rollout.stopped === undefined && isMeant(rollout))
    .map(
      ({ application, environment, reached, waves }) =>
        `${application} in ${environment} would stay at wave ${reached + 1} of ${waves.length}`,
    )
  const promotions = facts.environments.flatMap(({ name, promotion }) =>
    promotion?.isAutomatic && facts.places.some(({ environment }) => environment === name)
      ? [`automatic promotions from ${describeSources(promotion.from)} to ${name} would wait`]
      : [],
  )
  return [...pulls, ...unknown, ...rollouts, ...promotions]
}
