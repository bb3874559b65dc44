/** Folder of a path; '.' for the root's own files. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : path.slice(0, slash)
}

/** `folder` and a relative path as one path from the root; undefined where it leaves the repository. */
export function joinPath(folder: string, relative: string): string | undefined {
  if (relative.startsWith('/')) return undefined
  const segments = folder === '.' ? [] : folder.split('/')
  for (const segment of relative.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return undefined
  }
  return segments.length === 0 ? '.' : segments.join('/')
}

/** Whether `path` is `folder` or lies somewhere under it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`)
}

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A path, and every folder that it lies in, the innermost first. */
export function upwards(path: string): string[] {
  return path === '.' ? ['.'] : [path, ...upwards(folderOf(path))]
}

/** The way from a folder to a path, both from the root; `./x` for what lies in the folder itself. */
export function relativePath(folder: string, path: string): string {
  const from = folder === '.' ? [] : folder.split('/')
  const to = path === '.' ? [] : path.split('/')
  const shared = from.findIndex((segment, position) => segment !== to[position])
  const common = shared < 0 ? from.length : shared
  const up = from.slice(common).map(() => '..')
  const way = [...up, ...to.slice(common)].join('/')
  return up.length > 0 ? way : `./${way}`
}
