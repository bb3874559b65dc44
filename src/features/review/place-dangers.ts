import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Danger } from '../../domain/object-diff.ts'
import { objectAnchor } from './review-anchors.ts'
import { listNames } from './review-headline.ts'
import type { ReviewGroup } from './review-groups.ts'

/** A danger said once, with all the places where it stands. */
export interface PlacedDanger extends Pick<Danger, 'code' | 'sentence'> {
  object: string
  /** Where it stands in the object; every rule or container that the sentence is true of. */
  fields: string[]
  /** Application → its environments, as shown. */
  places: Map<string, string[]>
  /** Of the first place, on the page of the whole diff. */
  anchor: string
}

/** Dangers in the order of the groups; one that many applications, environments or fields share is one. */
export function placeDangers(groups: readonly ReviewGroup[]): PlacedDanger[] {
  const placed = new Map<string, PlacedDanger>()
  for (const { application, environment, objects, target } of groups) {
    for (const object of objects) {
      for (const { code, field, sentence } of object.dangers) {
        const name = formatObjectId(object)
        const key = JSON.stringify([name, code, sentence])
        const danger = placed.get(key) ?? {
          code,
          sentence,
          object: name,
          fields: [],
          places: new Map<string, string[]>(),
          anchor: objectAnchor(target, object),
        }
        placed.set(key, danger)
        addOnce(danger.fields, field)
        const environments = danger.places.get(application) ?? []
        danger.places.set(application, environments)
        addOnce(environments, environment)
      }
    }
  }
  return [...placed.values()]
}

function addOnce(list: string[], item: string): void {
  if (item !== '' && !list.includes(item)) list.push(item)
}

/** `checkout in dev, staging and prod; search in prod`: a long list is counted at its end. */
export function describePlaces(places: ReadonlyMap<string, string[]>, most = 3): string {
  const texts = [...places].map(
    ([application, environments]) => `${application} in ${listNames(environments)}`,
  )
  const rest = texts.length - most
  return [...texts.slice(0, most), ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
}
