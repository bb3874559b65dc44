import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder with `templates/` and `policies/`, both in a checkout (src/main) and in the published package (dist/main). */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url))

/** All files of a folder of the package whose name ends so, by their path in it with `/`. */
export function readTexts(folder: string, ending: string): Record<string, string> {
  const root = join(packageFolder, folder)
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(ending),
  )
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted()
  return Object.fromEntries(
    paths.map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
  )
}

/** Every word people read, by name: `comment/review`. */
export function readTemplates(): Record<string, string> {
  const texts = Object.entries(readTexts('templates', '.hbs'))
  return Object.fromEntries(texts.map(([path, text]) => [path.slice(0, -'.hbs'.length), text]))
}
