import type { RemoteChart } from '../../domain/chart-pin.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { findRemoteChart, remoteChartFolder } from '../rendering/chart-pins.ts'
import { hashText } from '../rendering/git-hash.ts'
import { joinPath } from '../rendering/paths.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import type { Delivered, FluxContext, FluxObject } from './flux-deliveries.ts'
import { commonMetadataOf, deliveredAs, dependsOn, imagesOf, patchesOf } from './flux-kustomization.ts'
import { fluxValues } from './flux-values.ts'
import { chartIsRemote, pathIsMissing, sourceIsElsewhere, undetermined, valuesUnknown } from './not-here.ts'

/** What names a chart: the release's own template, or a HelmChart that it refers to. */
interface ChartSpec {
  chart: string
  version: string
  sourceRef: Record<string, unknown>
  namespace: string | undefined
  valuesFiles: string[]
  isMissingIgnored: boolean
  /** The address that a registry's artifact comes from; `sourceRef` says nothing then. */
  repository?: string
}

/** A HelmRelease as a delivery, where its chart is a folder of this repository, or one of another host that is allowed. Source: fluxcd/helm-controller, api/v2. */
export function fromHelmRelease(release: FluxObject, context: FluxContext): Partial<Delivered> {
  const { object, definedIn, line } = release
  const spec = asMapping(object.spec)
  const chart = chartOf(release, context)
  if ('notice' in chart) return { notices: [chart.notice] }
  const place = placeChart(release, chart, context)
  if ('notice' in place) return { notices: [place.notice] }
  if (place.remote && chart.isMissingIgnored && chart.valuesFiles.length > 0) {
    return { notices: [undetermined(release, 'which values files the chart holds is not known')] }
  }
  const { values, unknown } = fluxValues(object, definedIn, context.find)
  const install = asMapping(spec.install)
  const hasOwnValues = chart.valuesFiles.length > 0
  const valueFiles = chart.valuesFiles.flatMap((file) => joinPath(place.root, file) ?? [])
  const chartValues = joinPath(place.path, 'values.yaml') ?? ''
  return {
    deliveries: [
      {
        application: object.metadata.name,
        path: place.remote ? definedIn : place.path,
        ...(place.remote && { remoteChart: place.remote }),
        definedIn,
        line,
        renderer: 'helm',
        namespace: asText(spec.targetNamespace) || object.metadata.namespace,
        releaseName: releaseName(object),
        valueFiles,
        isMissingValuesIgnored: chart.isMissingIgnored,
        values,
        isWithoutCrds: install.crds === 'Skip' || install.skipCRDs === true,
        extras: {
          ...extrasOf(object, spec),
          ...(hasOwnValues && !valueFiles.includes(chartValues) && { chartValues: 'replaced' as const }),
        },
        isRecursive: false,
        because: `Flux HelmRelease ${object.metadata.name} in ${definedIn}${spec.suspend === true ? ', suspended' : ''}`,
      },
    ],
    notices: unknown.map((reason) => valuesUnknown(release, reason)),
  }
}

function extrasOf(
  object: KubernetesObject,
  spec: Record<string, unknown>,
): Pick<RenderSource, 'commonMetadata' | 'dependsOn' | 'deliveredAs' | 'postRenderers'> {
  const postRenderers = asMappings(spec.postRenderers).map((each) => {
    const kustomize = asMapping(each.kustomize)
    return { images: imagesOf(kustomize), patches: patchesOf(kustomize) }
  })
  return {
    commonMetadata: commonMetadataOf(spec),
    dependsOn: dependsOn(spec),
    deliveredAs: deliveredAs(object),
    ...(postRenderers.length > 0 && { postRenderers }),
  }
}

/** The chart's name and source; or what is to be said where it is an artifact of its own. */
function chartOf(release: FluxObject, { places }: FluxContext): ChartSpec | { notice: Problem } {
  const spec = asMapping(release.object.spec)
  const { namespace } = release.object.metadata
  if (spec.chartRef === undefined) return toChartSpec(asMapping(asMapping(spec.chart).spec), namespace)
  const reference = asMapping(spec.chartRef)
  const [kind, name] = [asText(reference.kind), asText(reference.name)]
  const found = places.find(kind, name, asText(reference.namespace) || namespace)
  if (kind === 'HelmChart' && found) return toChartSpec(asMapping(found.spec), found.metadata.namespace)
  const { url, ref } = asMapping(found?.spec)
  const version = asText(asMapping(ref).tag) || asText(asMapping(ref).semver)
  const [, parent, last] = /^(.+)\/([^/]+)$/.exec(asText(url)) ?? []
  if (kind === 'OCIRepository' && parent !== undefined && last !== undefined) {
    return { ...toChartSpec({}, namespace), chart: last, version: fromTag(version), repository: parent }
  }
  return { notice: chartIsRemote(release, inWords(last ?? name, version), parent ?? `${kind} ${name}`) }
}

/** A tag cannot hold the sign that begins a version's build. Source: Helm, registry/tag.go. */
function fromTag(tag: string): string {
  return tag.replaceAll('_', '+')
}

function inWords(chart: string, version: string): string {
  return version === '' ? chart : `${chart} ${version}`
}

function toChartSpec(spec: Record<string, unknown>, namespace: string | undefined): ChartSpec {
  return {
    chart: asText(spec.chart),
    version: asText(spec.version),
    sourceRef: asMapping(spec.sourceRef),
    namespace,
    valuesFiles: asTexts(spec.valuesFiles),
    isMissingIgnored: spec.ignoreMissingValuesFiles === true,
  }
}

/** The chart's folder and the root that its values files are told from; or why it is not here. */
function placeChart(
  release: FluxObject,
  { chart, version, sourceRef, namespace, repository: own }: ChartSpec,
  { index, places, charts }: FluxContext,
): { path: string; root: string; remote?: RemoteChart } | { notice: Problem } {
  const [kind, name] = [asText(sourceRef.kind), asText(sourceRef.name)]
  if (kind === 'HelmRepository' || kind === '') {
    const repository = places.find(kind, name, asText(sourceRef.namespace) || namespace)
    const from = own ?? (asText(asMapping(repository?.spec).url) || `${kind} ${name}`.trim())
    const remote = findRemoteChart({ repository: from, name: chart, version }, charts)
    if (remote) return { path: remoteChartFolder, root: remoteChartFolder, remote }
    return { notice: chartIsRemote(release, inWords(chart, version), from) }
  }
  const place = places.place(sourceRef, chart, namespace)
  const root = places.place(sourceRef, '', namespace)
  if ('elsewhere' in place) return { notice: sourceIsElsewhere(release, chart, place.elsewhere) }
  if (!index.chartFolders.includes(place.path) || 'elsewhere' in root) {
    return { notice: pathIsMissing(release, place.path) }
  }
  return { path: place.path, root: root.path }
}

/** Source: fluxcd/helm-controller, api/v2, GetReleaseName; internal/release/name.go, ShortenName. */
function releaseName({ metadata, spec }: KubernetesObject): string {
  const { releaseName: own, targetNamespace } = asMapping(spec)
  const whole =
    asText(own) || [asText(targetNamespace), metadata.name].filter((part) => part !== '').join('-')
  return whole.length <= 53 ? whole : `${whole.slice(0, 40)}-${hashText(whole).slice(0, 12)}`
}
