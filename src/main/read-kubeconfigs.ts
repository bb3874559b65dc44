import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../domain/problem.ts'
import { settingProblem } from './setting-reader.ts'
import type { Settings } from './settings.ts'

/** How to read each kubeconfig anew: the file as it is now, where it came from one. */
export function kubeconfigReaders({
  kubeconfigs,
  kubeconfigFolder,
}: Pick<Settings, 'kubeconfigs' | 'kubeconfigFolder'>): Map<string, () => string> {
  return new Map(
    [...kubeconfigs].map(([name, text]) => [
      name,
      () => (kubeconfigFolder === undefined ? text : (readKubeconfigFile(kubeconfigFolder, name) ?? text)),
    ]),
  )
}

function readKubeconfigFile(folder: string, name: string): string | undefined {
  const files = ['.yaml', '.yml'].map((ending) => join(folder, `${name}${ending}`))
  const file = files.find((path) => existsSync(path))
  try {
    return file && readFileSync(file, 'utf8')
  } catch {
    // It is being replaced at this moment: the former one is tried once more.
    return undefined
  }
}

/** One kubeconfig per cluster: `<folder>/<cluster>.yaml`. */
export function readKubeconfigs(folder: string | undefined, problems: Problem[]): Map<string, string> {
  if (!folder) return new Map()
  try {
    return new Map(
      readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => [name.replace(/\.ya?ml$/, ''), readFileSync(join(folder, name), 'utf8')]),
    )
  } catch {
    problems.push(
      settingProblem(
        'SETTING_UNREADABLE',
        'DRAWBRIDGE_CLUSTERS',
        `the folder ${folder} cannot be read`,
        'name a folder with one kubeconfig per cluster: <cluster>.yaml',
      ),
    )
    return new Map()
  }
}
