import { readPublicKeyLine } from '../attestation/ssh-key.ts'
import { quote } from './check-shape.ts'
import type { ClusterDocument } from './schema/cluster-schema.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { nearestWord } from './nearest-word.ts'
import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'
import { selectClusters, type WrittenClusters } from './select-clusters.ts'

type WrittenEnvironments = [name: string, environment: EnvironmentDocument][]

interface PlacedCluster {
  cluster: string
  environment: string
  at: YamlPath
}

/** What cannot be meant in the clusters that are declared, and in how environments use them. */
export function checkClusters(environments: WrittenEnvironments, declared: WrittenClusters): PlacedProblem[] {
  const placed = environments.flatMap(([name, environment]) => placeClusters(name, environment, declared))
  return [
    ...checkSharing(placed),
    ...checkSelectors(environments, declared),
    ...(declared.length > 0 ? checkDeclared(declared, placed, environments) : []),
  ]
}

/** Two environments on one cluster would prune each other's objects. */
function checkSharing(placed: PlacedCluster[]): PlacedProblem[] {
  const owners = new Map<string, string>()
  return placed.flatMap(({ cluster, environment, at }) => {
    const owner = owners.get(cluster)
    owners.set(cluster, owner ?? environment)
    if (owner === undefined) return []
    const sentence =
      owner === environment
        ? `${quote(cluster)} is named twice`
        : `${quote(cluster)} already belongs to ${owner}`
    return [problem(at, 'cluster', sentence, 'a cluster serves one environment, once')]
  })
}

/** The clusters of an environment, each where it is written. */
function placeClusters(
  name: string,
  environment: EnvironmentDocument,
  declared: WrittenClusters,
): PlacedCluster[] {
  return selectClusters(name, environment, declared).flatMap((wave, index) =>
    wave.flatMap((clusters, place) =>
      clusters.map((cluster) => ({
        cluster,
        environment: name,
        at: placeOf(name, environment, index, place),
      })),
    ),
  )
}

function placeOf(name: string, environment: EnvironmentDocument, wave: number, place: number): YamlPath {
  const at: YamlPath = ['environments', name]
  if (environment.waves !== undefined) return [...at, 'waves', wave, place]
  return environment.clusters === undefined ? at : [...at, 'clusters', place]
}

function checkSelectors(environments: WrittenEnvironments, declared: WrittenClusters): PlacedProblem[] {
  return environments.flatMap(([name, environment]) =>
    selectClusters(name, environment, declared).flatMap((wave, index) =>
      [...wave.entries()]
        .filter(([, clusters]) => clusters.length === 0)
        .map(([place]) =>
          problem(
            placeOf(name, environment, index, place),
            'cluster',
            'no cluster that is left carries these labels',
            'declare one under clusters:, or mend the labels',
          ),
        ),
    ),
  )
}

function checkDeclared(
  declared: WrittenClusters,
  placed: PlacedCluster[],
  environments: WrittenEnvironments,
): PlacedProblem[] {
  const names = new Set(declared.map(([name]) => name))
  const places = new Map(placed.map((place) => [place.cluster, place.environment]))
  const known = environments.map(([name]) => name)
  return [
    ...placed
      .filter(({ cluster }) => !names.has(cluster))
      .map(({ cluster, at }) => unknownCluster(at, cluster, [...names])),
    ...declared.flatMap(([name, cluster]) => [
      ...checkName(name),
      ...(cluster === undefined ? [] : checkCluster(name, cluster, known)),
      ...checkPlace(name, cluster, places.get(name)),
    ]),
    ...checkTwins(declared),
  ]
}

function unknownCluster(at: YamlPath, name: string, known: string[]): PlacedProblem {
  const meant = nearestWord(name, known)
  const fix = meant === undefined ? `declare ${name} under clusters:` : `did you mean ${meant}?`
  return problem(at, 'reference', `there is no cluster ${quote(name)}`, fix)
}

function checkName(name: string): PlacedProblem[] {
  if (name.length <= 63 && /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/.test(name)) return []
  const fix = 'use letters, digits, and single "-", "_" or "." between them, at most 63 characters'
  return [problem(['clusters', name], 'value', 'this is not a name of a cluster', fix)]
}

function checkCluster(name: string, cluster: ClusterDocument, environments: string[]): PlacedProblem[] {
  const at: YamlPath = ['clusters', name]
  const problems: PlacedProblem[] = []
  const { environment, labels, region } = cluster
  if (environment !== undefined && !environments.includes(environment)) {
    const meant = nearestWord(environment, environments)
    const fix =
      meant === undefined ? `the environments are ${environments.join(', ')}` : `did you mean ${meant}?`
    const sentence = `there is no environment ${quote(environment)}`
    problems.push(problem([...at, 'environment'], 'reference', sentence, fix))
  }
  const ways = (['agent', 'kubeconfig', 'clusterApi'] as const).filter((way) => cluster[way] !== undefined)
  if (ways.length > 1) {
    const sentence = `${ways.join(' and ')} are both given: two would write to it`
    problems.push(problem([...at, ways[1] ?? ''], 'conflict', sentence, 'keep one of them'))
  }
  if (region !== undefined && labels?.['region'] !== undefined && labels['region'] !== region)
    problems.push(
      problem([...at, 'labels', 'region'], 'conflict', 'the region is given twice', 'keep one of them'),
    )
  for (const [index, key] of (cluster.agent ?? []).entries()) {
    if (readPublicKeyLine(key) !== undefined) continue
    const fix = 'copy the whole line of the .pub file that ssh-keygen wrote'
    problems.push(problem([...at, 'agent', index], 'value', 'this is not an Ed25519 public key', fix))
  }
  return problems
}

function checkPlace(
  name: string,
  cluster: ClusterDocument | undefined,
  user: string | undefined,
): PlacedProblem[] {
  const at: YamlPath = ['clusters', name]
  const environment = cluster?.environment
  if (user === undefined) {
    const fix = `name it in the clusters or waves of ${environment ?? 'an environment'}, or remove it`
    return [problem(at, 'cluster', 'no environment rolls out to it', fix)]
  }
  if (environment === undefined || environment === user) return []
  const sentence = `it is declared for ${environment}, and ${user} rolls out to it`
  return [problem([...at, 'environment'], 'cluster', sentence, 'a cluster serves one environment')]
}

/** One key or one kubeconfig for two names: one cluster could speak for another, or be written to as two. */
function checkTwins(declared: WrittenClusters): PlacedProblem[] {
  const owners = new Map<string, string>()
  const claim = (what: string, name: string, at: YamlPath, sentence: (owner: string) => string) => {
    const owner = owners.get(what)
    owners.set(what, owner ?? name)
    return owner === undefined ? [] : [problem(at, 'cluster', sentence(owner), 'give each cluster its own')]
  }
  return declared.flatMap(([name, cluster]) => [
    ...(cluster?.agent ?? []).flatMap((key, index) =>
      claim(
        `key ${readPublicKeyLine(key)?.toString('base64') ?? key}`,
        name,
        ['clusters', name, 'agent', index],
        (owner) => (owner === name ? 'the key is listed twice' : `the key is the one of ${owner}`),
      ),
    ),
    ...(cluster?.kubeconfig === undefined
      ? []
      : claim(
          `kubeconfig ${cluster.kubeconfig}`,
          name,
          ['clusters', name, 'kubeconfig'],
          (owner) => `the kubeconfig is the one of ${owner}`,
        )),
  ])
}
