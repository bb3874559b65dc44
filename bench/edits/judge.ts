import { isDeepStrictEqual } from 'node:util'
import { CORE_SCHEMA, FAILSAFE_SCHEMA, loadAll, type Schema } from 'js-yaml'

type Way = (string | number)[]

/** The documents of a file, once as every reader takes them, once with every scalar as the text that is written. */
export interface Values {
  typed: unknown[]
  written: unknown[]
}

/** What is to change in a file, found without the code that makes the change. */
export interface IntendedEdit {
  what: 'manifest image' | 'values image' | 'kustomize image' | 'chart' | 'field'
  /** Of the first place, within its document. */
  way: Way
  /** Every place, with the number of its document first. */
  places: Way[]
  before: string
  after: unknown
  image?: { name: string; before: string; after: string }
  /** Where the new value comes from: a file as the environment before has it. */
  source: string
}

type Dice = (limit: number) => number

/** Undefined where js-yaml cannot read it, or reads nothing. */
export function readValues(text: string): Values | undefined {
  const read = (schema: Schema) => loadAll(text.replace(/^\uFEFF/, ''), { schema })
  try {
    const values = { typed: read(CORE_SCHEMA), written: read(FAILSAFE_SCHEMA) }
    // A cycle of aliases is no file that anybody deploys.
    return JSON.stringify(values.typed) === '[]' ? undefined : values
  } catch {
    return undefined
  }
}

/** Every image and chart that a file names by version, and some of its values by chance. */
export function findEdits(path: string, values: Values, fields: number, dice: Dice): IntendedEdit[] {
  const leaves = leavesOf(values.written)
  return [
    ...imageEdits(path, leaves, values, dice),
    ...chartEdits(path, leaves, values, dice),
    ...fieldEdits(values, fields, dice),
  ]
}

/** Whether exactly the places changed, to exactly the value: as another reader of YAML sees it, and byte for byte. */
export function isOnly(text: string, after: string, before: Values, edit: IntendedEdit): boolean {
  const found = readValues(after)
  if (!found) return false
  if (!isDeepStrictEqual(plain(found.typed), withValue(before.typed, edit.places, edit.after))) return false
  const written = edit.places.map((way) => [way, at(found.written, way)] as const)
  const expected = written.reduce(
    (value, [way, texts]) => withValue(value, [way], texts),
    plain(before.written),
  )
  return isDeepStrictEqual(plain(found.written), expected) && areBytesKept(text, after, edit)
}

const bump = ['9.9.9', 'v2', '1.10', '2024-01-02', 'on', '0777', '1e3', '17']
const nasty = [
  '9.9.9',
  'a: b',
  '# no',
  `it's "so"`,
  'true',
  '1e3',
  '- a',
  '',
  'ü€',
  'a, b] }',
  'x:',
  '1:30',
  '~',
  ' a ',
]

interface Leaf {
  way: Way
  text: string
  /** What stands beside it. */
  beside: Record<string, unknown>
}

function leavesOf(documents: readonly unknown[]): Leaf[] {
  const leaves: Leaf[] = []
  const visit = (value: unknown, way: Way, beside: Record<string, unknown>) => {
    if (typeof value === 'string') leaves.push({ way, text: value, beside })
    else if (Array.isArray(value)) value.forEach((each, index) => visit(each, [...way, index], {}))
    else if (isMapping(value))
      for (const [key, each] of Object.entries(value)) visit(each, [...way, key], value)
  }
  documents.forEach((document, index) => visit(document, [index], {}))
  return leaves
}

function imageEdits(path: string, leaves: readonly Leaf[], values: Values, dice: Dice): IntendedEdit[] {
  const isKustomization = /(?:^|\/)kustomization\.ya?ml$/.test(path)
  const what = isKustomization
    ? 'kustomize image'
    : /(?:^|\/)[^/]*values[^/]*$/.test(path)
      ? 'values image'
      : 'manifest image'
  const byImage = Map.groupBy(
    leaves.flatMap((leaf) => imageAt(leaf, what)),
    ({ name, version }) => `${name} ${version}`,
  )
  return [...byImage.values()].flatMap((places) => {
    const [first] = places
    if (!first) return []
    const { name, version } = first
    const after = version.startsWith('sha256:')
      ? `sha256:${'f'.repeat(64)}`
      : (bump[dice(bump.length)] ?? 'v2')
    // One edit for each way of writing it: the value of `image` is longer than that of `tag`.
    if (new Set(places.map(({ isWhole }) => isWhole)).size > 1) return []
    const whole = version.startsWith('sha256:') ? `${name}@${after}` : `${name}:${after}`
    return [
      {
        what,
        way: first.way.slice(1),
        places: places.map(({ way }) => way),
        before: first.text,
        after: first.isWhole ? whole : after,
        image: { name, before: version, after },
        source: jsonOf(values.written),
      } satisfies IntendedEdit,
    ]
  })
}

function imageAt({ way, text, beside }: Leaf, what: IntendedEdit['what']) {
  const key = way.at(-1)
  const of = (field: string) => (typeof beside[field] === 'string' ? beside[field] : '')
  if (what === 'kustomize image') {
    const isEntry = way.length === 4 && way[1] === 'images' && (key === 'newTag' || key === 'digest')
    const isAlone = of('newTag') === '' || of('digest') === ''
    return isEntry && isAlone && text !== ''
      ? [{ way, text, name: of('newName') || of('name'), version: text, isWhole: false }]
      : []
  }
  if (
    what === 'values image' &&
    key === 'tag' &&
    of('repository') !== '' &&
    of('digest') === '' &&
    text !== ''
  ) {
    const name = of('registry') === '' ? of('repository') : `${of('registry')}/${of('repository')}`
    return [{ way, text, name, version: text, isWhole: false }]
  }
  const parts = /^([a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?)(?::([\w][\w.-]*)|@(sha256:[0-9a-f]{64}))$/.exec(text)
  const isImage = key === 'image' || (key === 'value' && of('path').endsWith('/image'))
  const [, name = '', tag, digest] = parts ?? []
  const version = tag ?? digest
  return isImage && version !== undefined ? [{ way, text, name, version, isWhole: true }] : []
}

function chartEdits(path: string, leaves: readonly Leaf[], { written }: Values, dice: Dice): IntendedEdit[] {
  const file = path.slice(path.lastIndexOf('/') + 1)
  const found = leaves.filter(({ way, text, beside }) => {
    if (text === '') return false
    const [document = 0, ...rest] = way
    const api = String((written[Number(document)] as Record<string, unknown> | null)?.['apiVersion'] ?? '')
    if (file === 'Chart.yaml') return rest[0] === 'dependencies' && rest.length === 3 && rest[2] === 'version'
    if (/^kustomization\.ya?ml$/.test(file))
      return rest[0] === 'helmCharts' && rest.length === 3 && rest[2] === 'version'
    if (api.startsWith('argoproj.io/'))
      return rest.at(-1) === 'targetRevision' && typeof beside['chart'] === 'string' && beside['chart'] !== ''
    return api.startsWith('helm.toolkit.fluxcd.io/') && rest.join('.') === 'spec.chart.spec.version'
  })
  return found.slice(0, 3).map((leaf) => {
    const after = bump[dice(bump.length)] ?? 'v2'
    return {
      what: 'chart',
      way: leaf.way.slice(1),
      places: [leaf.way],
      before: leaf.text,
      after,
      source: jsonOf(withValue(written, [leaf.way], after)),
    }
  })
}

function fieldEdits({ typed, written }: Values, count: number, dice: Dice): IntendedEdit[] {
  const leaves = leavesOf(written)
  return Array.from({ length: Math.min(count, leaves.length) }, () => leaves[dice(leaves.length)])
    .filter((leaf) => leaf !== undefined)
    .flatMap((leaf) => {
      const [, ...way] = leaf.way
      const value = at(typed, leaf.way)
      const after = otherValue(value, dice)
      if (way.length === 0 || after === value) return []
      return [
        {
          what: 'field',
          way,
          places: [leaf.way],
          before: leaf.text,
          after,
          source: jsonOf([nested(way, after)]),
        },
      ]
    })
}

function otherValue(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) + 1 : 7
  if (typeof value === 'boolean') return !value
  return nasty[dice(nasty.length)]
}

/** `{ a: [null, value] }` for ['a', 1]. */
function nested([key, ...rest]: Way, value: unknown): unknown {
  if (key === undefined) return value
  const inside = nested(rest, value)
  if (typeof key === 'string') return { [key]: inside }
  return [...Array.from({ length: key }, () => null), inside]
}

function jsonOf(documents: unknown): string {
  return (documents as unknown[]).map((each) => JSON.stringify(each)).join('\n---\n')
}

/** Without aliases: whatever stood in two places is two values. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

function at(value: unknown, way: Way): unknown {
  return way.reduce<unknown>(
    (inside, key) => (inside as Record<string, unknown> | undefined)?.[String(key)],
    value,
  )
}

function withValue(value: unknown, ways: readonly Way[], after: unknown): unknown {
  const copy = plain(value)
  for (const way of ways) {
    const place = at(copy, way.slice(0, -1)) as Record<string, unknown>
    place[String(way.at(-1))] = after
  }
  return copy
}

/** Line by line: no more of a line went than the old value with its quotes, no more came than the new one with quotes. */
function areBytesKept(text: string, after: string, { before, after: value, places }: IntendedEdit): boolean {
  const [old, young] = [text, after].map((each) => each.split(/(?<=\n)/))
  if (!old || !young) return false
  const room = JSON.stringify(value).length + 2
  if (old.length !== young.length) {
    // A value over several lines became one.
    const { gone, come } = difference(text, after)
    return places.length === 1 && come.length <= room && gone.split('\n').length > 1
  }
  const changed = old.flatMap((line, index) =>
    line === young[index] ? [] : [difference(line, young[index] ?? '')],
  )
  const isSmall = changed.every(({ gone, come }) => gone.length <= longest(before) && come.length <= room)
  return isSmall && changed.length > 0 && changed.length <= places.length
}

/** However it was quoted. */
function longest(text: string): number {
  return Math.max(JSON.stringify(text).length, text.replaceAll("'", "''").length) + 2
}

function difference(left: string, right: string): { gone: string; come: string } {
  let start = 0
  while (start < Math.min(left.length, right.length) && left[start] === right[start]) start += 1
  let end = 0
  const rest = Math.min(left.length, right.length) - start
  while (end < rest && left.at(-1 - end) === right.at(-1 - end)) end += 1
  return { gone: left.slice(start, left.length - end), come: right.slice(start, right.length - end) }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
