import type { Problem } from '../../domain/problem.ts'
import {
  clusterFields,
  dangers,
  type FieldRules,
  type KubeconfigOptions,
  userFields,
} from './kubeconfig-fields.ts'
import { readYaml, type YamlPath } from '../config/read-yaml.ts'
import { isMapping } from '../config/written-document.ts'

/** A kubeconfig that holds nothing but an address and credentials, as text; or everything that is wrong with it. */
export type CheckedKubeconfig = { kubeconfig: string } | { problems: Problem[] }

type Mapping = Record<string, unknown>

/** Read by kubectl alone, and left behind. */
const idle = new Set(['extensions', 'preferences', 'apiVersion', 'kind', 'namespace'])

/**
 * Reads a kubeconfig that somebody else wrote: from a repository, or from a Secret as Cluster API makes them. It is taken
 * apart and put together anew, so that what is not known here reaches no library. The operator's own needs none of this.
 * Source of the danger: CVE-2022-24817, kubeconfigs that run programs inside the controller.
 */
export function checkKubeconfig(
  text: string,
  path: string,
  options: KubeconfigOptions = {},
): CheckedKubeconfig {
  const yaml = readYaml(text, path)
  const problems: Problem[] = []
  const report = (name: string, at: YamlPath, message: string, fix: string) =>
    void problems.push({ code: `kubeconfig-${name}`, path, line: yaml.lineOf(at), message, fix })
  // The faults of the YAML quote it, and it holds credentials.
  if (yaml.problems.length > 0 || !isMapping(yaml.value)) {
    report('syntax', [], 'this is no kubeconfig', 'write one cluster, one user and one context')
    return { problems }
  }
  const root = yaml.value as Mapping
  for (const key of Object.keys(root))
    if (!idle.has(key) && !['clusters', 'users', 'contexts', 'current-context'].includes(key))
      report('unknown', [key], `${key} is no field that is read here`, `remove ${key}`)

  const context = chosen(root, 'contexts', root['current-context'], report)
  const fields = mappingOf(context?.entry['context'])
  for (const key of Object.keys(fields))
    if (!idle.has(key) && key !== 'cluster' && key !== 'user')
      report(
        'unknown',
        ['contexts', context?.index ?? 0],
        `${key} is no field that is read here`,
        `remove ${key}`,
      )
  const cluster = context && chosen(root, 'clusters', fields['cluster'], report)
  const user = context && chosen(root, 'users', fields['user'], report)
  // Of those that are not chosen, too: what is dangerous is not left lying about.
  const take = (list: 'clusters' | 'users', inner: string, rules: FieldRules) =>
    entriesOf(root[list]).map((entry, index) => {
      const taken: Record<string, string> = {}
      const at: YamlPath = [list, index, inner]
      for (const [key, value] of Object.entries(mappingOf(entry[inner]))) {
        const danger = dangers.get(key)
        const faultOf = rules.get(key)
        if (danger !== undefined)
          report(
            key,
            [...at, key],
            `${inner}.${key} ${danger}`,
            'write the credentials themselves: token, or client-certificate-data and client-key-data',
          )
        else if (faultOf === undefined) {
          if (!idle.has(key))
            report('unknown', [...at, key], `${inner}.${key} is no field that is read here`, `remove ${key}`)
        } else {
          const fault = typeof value === 'string' ? faultOf(value, options) : 'is no text'
          if (fault !== undefined)
            report(key, [...at, key], `${inner}.${key} ${fault}`, `write ${key} as kubectl does`)
          else taken[key] = String(value)
        }
      }
      return taken
    })
  const clusters = take('clusters', 'cluster', clusterFields)
  const users = take('users', 'user', userFields)
  const [address, credentials] = [clusters[cluster?.index ?? -1], users[user?.index ?? -1]]
  if (problems.length === 0 && address?.['server'] === undefined)
    report('server', ['clusters'], 'no server is named', 'write server: https://…')
  if (problems.length > 0 || !address || !credentials) return { problems }
  return { kubeconfig: JSON.stringify(kubeconfigOf(address, credentials)) }
}

function kubeconfigOf(cluster: Record<string, string>, user: Record<string, string>) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cluster',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'cluster', context: { cluster: 'cluster', user: 'user' } }],
  }
}

/** The one entry of the name. Where there are two, tools disagree on which is meant. */
function chosen(
  root: Mapping,
  list: string,
  name: unknown,
  report: (name: string, at: YamlPath, message: string, fix: string) => void,
): { entry: Mapping; index: number } | undefined {
  const entries = entriesOf(root[list])
  const found = entries.flatMap((entry, index) => (entry['name'] === name ? [{ entry, index }] : []))
  if (found.length === 1 && typeof name === 'string') return found[0]
  const count = found.length === 0 ? 'none' : 'several'
  report('reference', [list], `${count} of the ${list} has the name that is asked for`, 'write one of each')
  return undefined
}

function entriesOf(list: unknown): Mapping[] {
  return Array.isArray(list) ? list.map(mappingOf) : []
}

function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? (value as Mapping) : {}
}
