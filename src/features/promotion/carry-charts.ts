import type { Problem } from '../../domain/problem.ts'
import type { FileContent } from '../../domain/repository-files.ts'
import { folderOf } from '../rendering/paths.ts'
import { type ChartPlace, chartPlaces } from './chart-places.ts'
import { applyEdits, readDocuments, replaceScalar } from './edit-yaml.ts'
import { type Carried, carried, type Move, type PlacedEdit } from './move.ts'
import type { PromotionSide, PromotionToPlan } from './promotion-to-plan.ts'

/** The versions of charts that both sides name; what was locked or carried along with them moves, too. */
export function carryCharts(request: PromotionToPlan): Carried {
  const { source, target } = request
  const running = chartVersions(source)
  const moves = new Map<string, Move>()
  const edits: PlacedEdit[] = []
  for (const [path, text] of target.files) {
    for (const document of readDocuments(text)) {
      for (const place of chartPlaces(path, document)) {
        const versions = running.get(place.chart) ?? new Set([place.version])
        const [after = ''] = versions
        if (versions.size > 1) return carried([], { problem: unclear(request, path, place, versions) })
        if (after === place.version) continue
        const edit = replaceScalar(document, place.node, after)
        if (!edit) return carried([], { problem: notAlone(request, path, place) })
        moves.set(`${place.chart} ${place.version}`, {
          kind: 'chart',
          name: place.chart,
          before: place.version,
          after,
        })
        edits.push({ path, edit })
      }
    }
  }
  const along = carryAlong(request, edits)
  return carried([...moves.values()], { edits, ...along })
}

/** Every version in which a side names a chart. */
export function chartVersions({ files }: Pick<PromotionSide, 'files'>): Map<string, Set<string>> {
  const versions = new Map<string, Set<string>>()
  for (const [path, text] of files) {
    for (const { chart, version } of readDocuments(text).flatMap((each) => chartPlaces(path, each)))
      versions.set(chart, (versions.get(chart) ?? new Set()).add(version))
  }
  return versions
}

const locks: Record<string, string> = { 'Chart.yaml': 'Chart.lock', 'requirements.yaml': 'requirements.lock' }

/** Beside the dependencies of a chart stand their lock and, in `charts/`, their archives: they come from the source as they are. */
function carryAlong(
  { application, source, target }: PromotionToPlan,
  edits: readonly PlacedEdit[],
): { files: Record<string, FileContent>; problem?: Problem } {
  const files: Record<string, FileContent> = {}
  for (const path of new Set(edits.map((each) => each.path))) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const lock = Object.hasOwn(locks, name) ? locks[name] : undefined
    const folder = folderOf(path)
    const kept = lock === undefined ? [] : keptAlong(target, folder, lock)
    if (lock === undefined || kept.length === 0) continue
    const own = edits.filter((each) => each.path === path).map(({ edit }) => edit)
    const after = dependenciesOf(applyEdits(target.files.get(path) ?? '', own))
    const [like] = [...source.files].filter(
      ([other, text]) => other.endsWith(name) && dependenciesOf(text) === after,
    )
    if (!like)
      return {
        files: {},
        problem: {
          code: 'PROMOTION_LOCK',
          path,
          line: 0,
          message: `${application}: ${path} has other dependencies than in ${source.environment}, so ${kept.map((entry) => entry.path).join(', ')} cannot be taken from there`,
          fix: 'run helm dependency update in a pull request of your own, or let both environments have the same dependencies',
        },
      }
    for (const entry of kept) files[entry.path] = null
    for (const entry of keptAlong(source, folderOf(like[0]), lock)) {
      const there = `${folder}${entry.path.slice(folderOf(like[0]).length)}`
      files[there] = { id: entry.id, mode: entry.mode }
    }
  }
  return { files }
}

function keptAlong({ entries }: PromotionSide, folder: string, lock: string) {
  return entries.filter(
    ({ path }) =>
      path === `${folder}/${lock}` || (path.startsWith(`${folder}/charts/`) && path.endsWith('.tgz')),
  )
}

function dependenciesOf(text: string): string {
  const value: unknown = readDocuments(text)[0]?.toJS()
  const list =
    typeof value === 'object' && value !== null && 'dependencies' in value ? value.dependencies : []
  return JSON.stringify(list)
}

function unclear(
  { application, source }: PromotionToPlan,
  path: string,
  { chart }: ChartPlace,
  versions: ReadonlySet<string>,
): Problem {
  return {
    code: 'PROMOTION_UNCLEAR',
    path,
    line: 0,
    message: `${application}: ${source.environment} has the chart ${chart} in more than one version (${[...versions].join(', ')})`,
    fix: `let ${source.environment} have one version of it`,
  }
}

function notAlone({ application, target }: PromotionToPlan, path: string, { chart }: ChartPlace): Problem {
  return {
    code: 'PROMOTION_NO_PLACE',
    path,
    line: 0,
    message: `${application}: the version of the chart ${chart} in ${target.environment} stands for more than this place`,
    fix: 'write it out there, without an anchor that is used elsewhere',
  }
}
