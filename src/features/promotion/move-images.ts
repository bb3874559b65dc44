import type { Document, Scalar, YAMLMap } from 'yaml'
import { isMap, isScalar, visit } from 'yaml'
import { type Edit, replaceScalar, scalarText } from './edit-yaml.ts'
import { formatImage, parseImage, parseVersion, versionOf } from './image-reference.ts'
import type { Move } from './move.ts'

/** Places that say which version of an image runs. Undefined: the place is found, and cannot be edited alone. */
export type Places = (Edit | undefined)[]

/** `images[].newTag` and `digest` of a kustomization. Source: kustomize, `ImageTagTransformer`. */
export function inKustomization(document: Document, move: Move): Places {
  const images = document.getIn(['images'], true)
  if (typeof images !== 'object' || images === null || !('items' in images)) return []
  const items: unknown[] = Array.isArray(images.items) ? images.items : []
  return items.filter(isMap).flatMap((entry) => {
    const newName = textAt(entry, 'newName')
    const names = newName ? [newName] : [textAt(entry, 'name')]
    return names.includes(move.name) ? versionPlaces(document, entry, 'newTag', move) : []
  })
}

/** Helm values: `tag` beside the matching `repository`, or `image: name:tag`. */
export function inValues(document: Document, move: Move): Places {
  const places: Places = []
  visit(document, {
    Map(_key, map) {
      const repository = textAt(map, 'repository')
      const registry = textAt(map, 'registry')
      if (repository === undefined) return
      const name = registry ? `${registry}/${repository}` : repository
      if (name === move.name) places.push(...versionPlaces(document, map, 'tag', move))
    },
  })
  return [...places, ...inImageFields(document, move)]
}

/** Helm values: `image.tag` where another file names the repository. By the version alone, so the caller must know that only one image has it. */
export function inBareTags(document: Document, move: Move): Places {
  const places: Places = []
  visit(document, {
    Pair(_key, pair) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      if (!/image$/i.test(key) || !isMap(pair.value) || textAt(pair.value, 'repository') !== undefined) return
      if (textAt(pair.value, 'tag') === move.before) {
        places.push(...versionPlaces(document, pair.value, 'tag', move))
      }
    },
  })
  return places
}

/** `image: name:tag` of a manifest or a patch, and the value of a JSON patch on such a field. */
export function inImageFields(document: Document, move: Move): Places {
  const places: Places = []
  visit(document, {
    Map(_key, map) {
      const isPatch = textAt(map, 'path')?.endsWith('/image') ?? false
      for (const field of isPatch ? ['image', 'value'] : ['image']) {
        const node = nodeAt(map, field)
        const written = scalarText(node)
        if (written === undefined) continue
        const reference = parseImage(written)
        if (reference.name !== move.name || versionOf(reference) !== move.before) continue
        places.push(replaceScalar(document, node, formatImage(move.name, move.after)))
      }
    },
  })
  return places
}

/** Tag and digest of one entry; an entry that says another version than the one that runs is not the place. */
function versionPlaces(document: Document, entry: YAMLMap, tagKey: string, move: Move): Places {
  const tag = textAt(entry, tagKey)
  const digest = textAt(entry, 'digest')
  const current = { name: '', tag: tag || undefined, digest: digest || undefined }
  if (versionOf(current) !== move.before) return []
  const next = parseVersion(move.after)
  if (tag && digest && next.tag && next.digest) {
    return [
      replaceScalar(document, nodeAt(entry, tagKey), next.tag),
      replaceScalar(document, nodeAt(entry, 'digest'), next.digest),
    ]
  }
  if (tag && !digest && next.tag && !next.digest) {
    return [replaceScalar(document, nodeAt(entry, tagKey), next.tag)]
  }
  if (digest && !tag && next.digest && !next.tag) {
    return [replaceScalar(document, nodeAt(entry, 'digest'), next.digest)]
  }
  return tag && digest ? [undefined] : otherKey(document, entry, tag ? tagKey : 'digest', tagKey, next)
}

/** From tag to digest or back: the key changes with the value. */
function otherKey(
  document: Document,
  entry: YAMLMap,
  from: string,
  tagKey: string,
  next: { tag?: string; digest?: string },
): Places {
  const pair = entry.items.find(({ key }) => isScalar(key) && key.value === from)
  const value = next.digest ?? next.tag
  if (!pair || !isScalar(pair.key) || value === undefined || (next.tag && next.digest)) return [undefined]
  return [
    replaceScalar(document, pair.key, from === tagKey ? 'digest' : tagKey),
    replaceScalar(document, pair.value, value),
  ]
}

function nodeAt(map: YAMLMap, key: string): Scalar | undefined {
  const node = map.get(key, true)
  return isScalar(node) ? node : undefined
}

function textAt(map: YAMLMap, key: string): string | undefined {
  return scalarText(nodeAt(map, key))
}
