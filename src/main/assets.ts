import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What ships beside the code: every word people read, and the policies. Read once, at the start. */
export interface Assets {
  /** Template text by name without ending: `comment/review`. */
  templates: Record<string, string>
  /** Policy text by file name. */
  policies: Record<string, string>
}

/** The folder of package.json, from `src/main` and from `dist/main` alike. */
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export function readAssets(folder = packageFolder): Assets {
  return {
    templates: readFolder(join(folder, 'templates'), '.hbs', (path) => path.replace(/\.hbs$/, '')),
    policies: readFolder(join(folder, 'policies'), '.yaml', (path) => path),
  }
}

function readFolder(
  folder: string,
  ending: string,
  nameOf: (path: string) => string,
): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.endsWith('.cases.yaml'))
    .toSorted()
  return Object.fromEntries(
    paths.map((path) => [
      nameOf(relative(folder, join(folder, path))),
      readFileSync(join(folder, path), 'utf8'),
    ]),
  )
}
