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
const names = new Set(['Kustomization', 'CODEOWNERS', '.sourceignore'])
const skippedNames = new Set(['package.json', 'package-lock.json', 'tsconfig.json', 'pnpm-lock.yaml'])

/** Whether a file has to be read before anything is decided: what may hold objects, charts, kustomizations, rules or imports. */
export function isManifestPath(path: string): boolean {
  return names.has(fileNameOf(path)) || isNamed(path, /\.(?:ya?ml|json|jsonnet|libsonnet)$/)
}

/** Whether a file may hold objects as they are. */
export function isObjectPath(path: string): boolean {
  return isNamed(path, /\.(?:ya?ml|json)$/)
}

function isNamed(path: string, ending: RegExp): boolean {
  const name = fileNameOf(path)
  if (!ending.test(name) || skippedNames.has(name)) return false
  return !path.split('/').some((segment) => skippedFolders.has(segment))
}
