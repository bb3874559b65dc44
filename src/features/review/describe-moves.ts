import type { ObjectDiff, TargetDiff } from '../../domain/object-diff.ts'
import type { Target } from '../../domain/refs.ts'
import { clip } from './comment-size.ts'
import { listNames } from './review-headline.ts'

/** Longer names are cut. */
const longestName = 200

/** What became of a target as a whole, each in a few words: `formerly web`, `goes on as web-eu and web-us`. */
export function describeTargetMoves({ target, source, from, continuedIn = [] }: TargetDiff): string[] {
  const heirs = [...new Set(continuedIn.map((heir) => nameFrom(heir, target)))]
  return [
    ...(from && nameFrom(from.target, target) !== nameFrom(target, target)
      ? [`formerly ${nameFrom(from.target, target)}`]
      : []),
    ...(from && from.source !== source ? [`moved from ${clip(from.source, longestName)}`] : []),
    ...(heirs.length > 0 ? [`goes on in ${listNames(heirs, 3, 'applications')}`] : []),
  ]
}

/** Where an object came from or went, as its target sees it: `moved from web`, `moved to web in prod`. */
export function describeObjectMove(
  { movedFrom, movedTo }: Pick<ObjectDiff, 'movedFrom' | 'movedTo'>,
  target: Target,
): string | undefined {
  if (movedFrom) return `moved from ${nameFrom(movedFrom, target)}`
  return movedTo && `moved to ${nameFrom(movedTo, target)}`
}

/** The application, and of environment and cluster what is not the reader's own. */
function nameFrom({ application, environment, cluster }: Target, here: Target): string {
  const place = [
    ...(environment === here.environment ? [] : [environment]),
    ...(cluster === here.cluster || cluster === environment ? [] : [cluster]),
  ]
  return clip([application, ...place].join(' in '), longestName)
}
