import { fileNameOf } from '../rendering/paths.ts'

const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.github',
  '.gitlab',
  '.vscode',
  '.idea',
  '.devcontainer',
])
const names = new Set(['Kustomization', 'CODEOWNERS'])
const skippedNames = new Set(['package.json', 'package-lock.json', 'tsconfig.json', 'pnpm-lock.yaml'])

/** Whether a file has to be read before anything is decided: what may hold objects, charts, kustomizations or rules. */
export function isManifestPath(path: string): boolean {
  const name = fileNameOf(path)
  if (names.has(name)) return true
  if (!/\.(?:ya?ml|json)$/.test(name) || skippedNames.has(name)) return false
  return !path.split('/').some((segment) => skippedFolders.has(segment))
}
