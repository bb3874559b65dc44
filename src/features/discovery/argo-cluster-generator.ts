import { matchesLabels } from '../../domain/label-selector.ts'
import { type ArgoCluster, inClusterName, inClusterServer } from './argo-clusters.ts'
import type { GeneratorContext } from './argo-generators.ts'
import { withValues } from './argo-parameters.ts'
import type { Parameters, TemplateStyle } from './fill-template.ts'
import { isEmptySelector, readLabelSelector } from './read-label-selector.ts'
import { sanitizeName } from './sanitize-name.ts'
import { Undetermined } from './undetermined.ts'

/**
 * One set for each cluster whose Secret is in the repository and fits the selector; without a selector also the cluster
 * that Argo CD runs in. A selector that no Secret here fits is about clusters that are declared elsewhere.
 * Source: Argo CD, applicationset/generators/cluster.go.
 */
export function clusterParameters(
  settings: Record<string, unknown>,
  context: GeneratorContext,
): Parameters[] {
  const { clusters, style } = context
  const selector = readLabelSelector(settings.selector)
  const chosen = clusters.filter((cluster) => matchesLabels(selector, cluster.labels))
  if (chosen.length === 0 && !isEmptySelector(selector)) {
    throw new Undetermined('its clusters generator selects clusters whose Secrets are not in the repository')
  }
  const found = chosen.map((cluster) => parametersOf(cluster, style))
  if (isEmptySelector(selector) && !chosen.some((cluster) => cluster.server === inClusterServer)) {
    found.push({ name: inClusterName, nameNormalized: inClusterName, server: inClusterServer, project: '' })
  }
  const all = found.map((parameters) => withValues(parameters, settings.values, style))
  return settings.flatList === true ? [{ clusters: all }] : all
}

function parametersOf(cluster: ArgoCluster, style: TemplateStyle): Parameters {
  const { name, server, project, labels, annotations } = cluster
  const own = { name, nameNormalized: sanitizeName(name), server, project }
  if (style.isGo) return { ...own, metadata: withoutEmpty({ annotations, labels }) }
  return {
    ...own,
    ...prefixed('metadata.annotations.', annotations),
    ...prefixed('metadata.labels.', labels),
  }
}

function withoutEmpty(mappings: Record<string, Record<string, string>>): Parameters {
  return Object.fromEntries(Object.entries(mappings).filter(([, each]) => Object.keys(each).length > 0))
}

function prefixed(prefix: string, values: Record<string, string>): Parameters {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]))
}
