import { type Document, isScalar, type Scalar } from 'yaml'
import type { Promoted } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import { folderOf, joinPath } from '../rendering/paths.ts'
import { copyScalar, readDocuments, scalarText } from './edit-yaml.ts'
import { type Carried, carried } from './move.ts'
import type { PromotionFiles, PromotionToPlan } from './promotion-to-plan.ts'

export type Field = Extract<Promoted, { kind: 'field' }>

/** One value of one file, which both sides must have, as the same kind of value that the source has. */
export function carryField(request: PromotionToPlan, promoted: Field): Carried {
  const { source, target } = request
  const from = findField(source, promoted)
  const to = findField(target, promoted)
  // Neither has it: this application is not meant.
  if (!from.node && !to.node && !from.fault && !to.fault) return carried([])
  const fault =
    from.fault ?? to.fault ?? (from.node ? undefined : missing(from)) ?? (to.node ? undefined : missing(to))
  if (fault !== undefined || !from.node || !to.node) return refuse(request, to.path, fault ?? missing(to))
  const [before, after] = [scalarText(to.node) ?? '', scalarText(from.node) ?? '']
  if (before === after && to.node.value === from.node.value) return carried([])
  if (target.shared.has(to.path)) return refuse(request, to.path, `${to.path} is read by something else, too`)
  const edit = copyScalar(to.document, to.node, from.node)
  if (!edit)
    return refuse(request, to.path, `${fieldName(to)} stands for more than this place, or is a block of text`)
  return carried([{ kind: 'field', name: fieldName(to), before, after }], {
    edits: [{ path: to.path, edit }],
  })
}

type Found = { path: string; field: string; fault?: string } & (
  { node: Scalar; document: Document } | { node?: undefined }
)

export function findField(side: PromotionFiles, { file, field }: Field): Found {
  const folder = /\.ya?ml$/.test(side.folder) ? folderOf(side.folder) : side.folder
  const path = joinPath(folder, file.replaceAll('{environment}', side.environment)) ?? file
  const place = { path, field: field.join('.') }
  const found = readDocuments(side.files.get(path) ?? '').flatMap((document) => {
    const node = document.getIn(field, true)
    return node === undefined ? [] : [{ document, node }]
  })
  const [only, ...more] = found
  if (!only) return place
  if (more.length > 0) return { ...place, fault: `${fieldName(place)} is there more than once` }
  if (!isScalar(only.node)) return { ...place, fault: `${fieldName(place)} is no single value` }
  return { ...place, node: only.node, document: only.document }
}

export function fieldName({ path, field }: Pick<Found, 'path' | 'field'>): string {
  return `${path}: ${field}`
}

function missing(place: Found): string {
  return `${fieldName(place)} is not there, or not of this environment alone`
}

function refuse({ application }: PromotionToPlan, path: string, fault: string): Carried {
  const problem: Problem = {
    code: 'PROMOTION_FIELD',
    path,
    line: 0,
    message: `${application}: ${fault}`,
    fix: 'write one plain value there on both sides, or take the field out of promote',
  }
  return carried([], { problem })
}
