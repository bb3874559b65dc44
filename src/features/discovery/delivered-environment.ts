import { fileNameOf } from '../rendering/paths.ts'
import type { Delivery } from './delivery.ts'
import { isEnvironmentWord } from './path-words.ts'
import { environmentOfFileName } from './values-files.ts'

/**
 * The environment that the cluster's name says (`prod`, `eu-prod-1`), else that the values files say
 * (`values-prod.yaml`, `env/prod/values.yaml`): where exactly one is said. Configured names count alone, if there are any.
 */
export function deliveredEnvironment(
  delivery: Delivery,
  configured: ReadonlySet<string>,
): string | undefined {
  const isEnvironment = (word: string) =>
    configured.size > 0 ? configured.has(word) : isEnvironmentWord(word)
  const cluster = delivery.cluster ?? ''
  if (isEnvironment(cluster)) return cluster
  return (
    only(cluster.split(/[-_.]/), isEnvironment) ??
    only(delivery.valueFiles.flatMap(wordsOfFile), isEnvironment)
  )
}

function wordsOfFile(path: string): string[] {
  const name = fileNameOf(path)
  const said = environmentOfFileName(name)
  return [
    ...(said === undefined ? [] : [said]),
    ...path.split('/').slice(0, -1),
    name.replace(/\.ya?ml$/, ''),
  ]
}

function only(words: readonly string[], isEnvironment: (word: string) => boolean): string | undefined {
  const found = [...new Set(words.filter(isEnvironment))]
  return found.length === 1 ? found[0] : undefined
}
