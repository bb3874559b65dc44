import type { Promoted } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { FileContent, GitEntry } from '../../domain/repository-files.ts'
import { isWithin, joinPath } from '../rendering/paths.ts'
import { type Carried, carried, type Move } from './move.ts'
import type { PromotionSide, PromotionToPlan } from './promotion-to-plan.ts'

/** More than people would review in one pull request. */
const mostFiles = 1_000

/** Every file of a folder as the source has it, byte for byte; what only the target has goes. */
export function carryFolder(
  request: PromotionToPlan,
  { folder, except }: Extract<Promoted, { kind: 'folder' }>,
): Carried {
  const { source, target } = request
  const root = joinPath(target.folder, folder) ?? target.folder
  const from = filesOf(source, folder, except)
  const to = filesOf(target, folder, except)
  if (source.folder === target.folder)
    return refuse(request, root, `${source.environment} and ${target.environment} share the folder ${root}`)
  if (from.size === 0 && to.size > 0)
    return refuse(request, root, `${source.environment} has nothing in ${folder}`)
  const changed = [...new Set([...from.keys(), ...to.keys()])]
    .filter((name) => !isSame(from.get(name), to.get(name)))
    .toSorted()
  if (changed.length > mostFiles) return refuse(request, root, `${changed.length} files of ${root} differ`)
  const special = changed.find((name) =>
    [from.get(name), to.get(name)].some((entry) => entry && !isFile(entry)),
  )
  if (special !== undefined) return refuse(request, root, `${root}/${special} is a link or a submodule`)
  const shared = changed.find((name) => target.shared.has(`${root}/${name}`))
  if (shared !== undefined) return refuse(request, root, `${root}/${shared} is read by something else, too`)
  const contents = changed.map((name): [string, FileContent] => {
    const entry = from.get(name)
    return [`${root}/${name}`, entry ? { id: entry.id, mode: entry.mode } : null]
  })
  return carried(
    changed.map((name) => toMove(root, name, from, to)),
    { files: Object.fromEntries(contents) },
  )
}

/** By the way from the folder. */
export function filesOf(
  { folder, entries }: Pick<PromotionSide, 'folder' | 'entries'>,
  below: string,
  except: readonly string[],
) {
  const root = joinPath(folder, below) ?? folder
  const inside = entries.filter(({ path }) => path !== root && isWithin(path, root))
  const named = inside.map(
    (entry) => [root === '.' ? entry.path : entry.path.slice(root.length + 1), entry] as const,
  )
  return new Map(named.filter(([name]) => !except.some((kept) => isWithin(name, kept.replace(/\/+$/, '')))))
}

function isSame(left: GitEntry | undefined, right: GitEntry | undefined): boolean {
  return left?.id === right?.id && left?.mode === right?.mode
}

function isFile({ mode }: GitEntry): boolean {
  return mode === '100644' || mode === '100755'
}

function toMove(
  root: string,
  name: string,
  from: ReadonlyMap<string, GitEntry>,
  to: ReadonlyMap<string, GitEntry>,
): Move {
  return {
    kind: 'file',
    name: `${root}/${name}`,
    before: shortId(to.get(name)),
    after: shortId(from.get(name)),
  }
}

/** For people; `none` where there is no file. */
export function shortId(entry: Pick<GitEntry, 'id'> | undefined): string {
  return entry?.id.slice(0, 7) ?? 'none'
}

function refuse({ application }: PromotionToPlan, path: string, fault: string): Carried {
  const problem: Problem = {
    code: 'PROMOTION_FOLDER',
    path,
    line: 0,
    message: `${application}: ${fault}`,
    fix: 'promote a folder that belongs to each environment alone and has plain files only',
  }
  return carried([], { problem })
}
