import type { ChartPin } from '../../domain/chart-pin.ts'
import type {
  ApplicationRule,
  ClusterAccess,
  DeclaredCluster,
  Environment,
  FreezeRule,
  Promoted,
  Role,
  Window,
} from '../../domain/configuration.ts'
import { ownersNeed, toApprovalRule } from './to-approval-rule.ts'
import { rendererNames } from '../../domain/rendered-target.ts'
import type { Slo } from '../../domain/slo.ts'
import type { ClusterDocument } from './schema/cluster-schema.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import type { FreezeDocument, WindowDocument } from './schema/window-schema.ts'
import type { RoleDocument } from './schema/role-schema.ts'
import type { SloDocument } from './schema/slo-schema.ts'
import type { Calendars } from './calendars.ts'
import { parseMilliseconds } from './duration.ts'
import { readyIndicator } from '../slo/ready-indicators.ts'
import { parseDays, parseMonths } from './parse-days.ts'
import { parseInstant } from './parse-instant.ts'
import { toPromotionRule } from './to-promotion.ts'
import { toReconcileRules } from './to-reconcile-settings.ts'
import { labelsOf, selectClusters, type WrittenClusters } from './select-clusters.ts'

const everyDay = [0, 1, 2, 3, 4, 5, 6]

type ApplicationDocument = NonNullable<ConfigurationDocument['applications']>[number]

export function toApplicationRule(rule: ApplicationDocument): ApplicationRule {
  return {
    path: rule.path.replace(/\/+$/, ''),
    valueFiles: rule.valueFiles ?? [],
    ...(rule.namespace !== undefined && { namespace: rule.namespace }),
    ...(rule.renderer !== undefined && toRenderer(rule.renderer)),
    ...(rule.inputs !== undefined && { inputs: rule.inputs }),
    ...(rule.conflicts !== undefined && { conflicts: rule.conflicts }),
    ...(rule.dependsOn !== undefined && { dependsOn: rule.dependsOn }),
    ...(rule.promote !== undefined && { promote: rule.promote.map(toPromoted) }),
  }
}

function toPromoted(written: NonNullable<ApplicationDocument['promote']>[number]): Promoted {
  if (typeof written === 'string') return { kind: written }
  if ('folder' in written) return { kind: 'folder', folder: written.folder, except: written.except ?? [] }
  const { file, field } = written
  return { kind: 'field', file, field: typeof field === 'string' ? parseField(field) : field }
}

/** `spec.containers.0.image` → ['spec', 'containers', 0, 'image'] */
function parseField(text: string): (string | number)[] {
  return text.split('.').map((key) => (/^(?:0|[1-9][0-9]*)$/.test(key) ? Number(key) : key))
}

/** `plugin/NAME`, or one of the renderers by its name. */
function toRenderer(written: string): Pick<ApplicationRule, 'renderer' | 'plugin'> {
  const [name, plugin] = written.split('/')
  const renderer = rendererNames.find((each) => each === name)
  return { ...(renderer && { renderer }), ...(plugin !== undefined && { plugin }) }
}

export function toEnvironment(
  name: string,
  environment: EnvironmentDocument,
  calendars: Calendars,
  declared: WrittenClusters = [],
): Environment {
  const { promotion, approvals, hotfix, onUnhealthy, kubernetes, signedCommits } = environment
  return {
    name,
    waves: selectClusters(name, environment, declared).flatMap((wave) =>
      inParts(wave.flat(), environment.maxParallel),
    ),
    isProtected: environment.protected ?? true,
    ...(environment.url !== undefined && { url: environment.url }),
    ...(promotion && { promotion: toPromotionRule(promotion) }),
    approvals: approvals === undefined ? { fourEyes: true } : toApprovalRule(approvals),
    windows: (environment.windows ?? []).map((window) => toWindow(window, calendars)),
    ...(onUnhealthy && { onUnhealthy }),
    ...(hotfix && { hotfix: hotfix.approvals ? { approvals: toApprovalRule(hotfix.approvals) } : {} }),
    ...(signedCommits && {
      signedCommits: {
        isGitHubBelieved: signedCommits.github ?? false,
        ...(signedCommits.allowedSigners !== undefined && { allowedSigners: signedCommits.allowedSigners }),
        ...(signedCommits.openpgpKeys !== undefined && { openpgpKeys: signedCommits.openpgpKeys }),
      },
    }),
    ...(environment.reconcile && { reconcile: toReconcileRules(environment.reconcile) }),
    ...(kubernetes && { kubernetes: { ...kubernetes, apiVersions: kubernetes.apiVersions ?? [] } }),
  }
}

/** A wave as several, one after the other, where it has more clusters than may be rolled out at a time. */
function inParts(wave: string[], most = wave.length): string[][] {
  const parts = Math.ceil(wave.length / Math.max(most, 1))
  return wave.length === 0
    ? [wave]
    : Array.from({ length: parts }, (_, part) => wave.slice(part * most, (part + 1) * most))
}

export function toWindow(window: WindowDocument, calendars: Calendars): Window {
  const { weeks, monthDays, months } = window
  const dates = window.calendar === undefined ? window.dates : calendars.get(window.calendar)?.dates
  return {
    kind: window.deny === undefined ? 'allow' : 'deny',
    name: window.deny ?? window.allow ?? '',
    zone: window.zone ?? 'UTC',
    days: window.days === undefined ? everyDay : (parseDays(window.days) ?? []),
    from: window.from ?? '00:00',
    to: window.to ?? '24:00',
    ...(weeks && { weeks }),
    ...(monthDays && { monthDays }),
    ...(months && { months: parseMonths(months) ?? [] }),
    ...(dates && { dates: dates.toSorted() }),
    ...(window.startDate !== undefined && { startDate: window.startDate }),
    ...(window.endDate !== undefined && { endDate: window.endDate }),
    exceptClasses: window.except ?? [],
  }
}

/** What stands for an environment whose settings have a fault: known, protected, and shut for all but reverts. */
export function closedEnvironment(
  name: string,
  written: unknown,
  declared: WrittenClusters = [],
): Environment {
  return {
    name,
    waves: readableWaves(name, written, declared),
    isProtected: true,
    approvals: { fourEyes: true, need: ownersNeed },
    windows: [closedWindow('its configuration has problems')],
  }
}

/** Never open but for reverts. */
export function closedWindow(name: string): Window {
  const wholeDay = { zone: 'UTC', days: everyDay, from: '00:00', to: '24:00' }
  return { kind: 'deny', name, ...wholeDay, exceptClasses: ['revert'] }
}

/** A freeze that cannot be read freezes everything: which part was meant is not known. */
export function toFreezeRule(freeze: FreezeDocument | undefined, rule: string): FreezeRule {
  if (freeze === undefined)
    return { environments: ['*'], applications: ['*'], reason: 'a freeze that has problems', rule }
  const { environments, applications, reason } = freeze
  const until = freeze.until === undefined ? undefined : parseInstant(freeze.until)
  return {
    environments,
    applications: applications ?? ['*'],
    reason,
    ...(until !== undefined && { until }),
    rule,
  }
}

/** The clusters, where they can be told at all: forgetting them would read as a removal. */
function readableWaves(name: string, written: unknown, declared: WrittenClusters): string[][] {
  const { clusters, waves } = (written ?? {}) as Pick<EnvironmentDocument, 'clusters' | 'waves'>
  const select = (lists: Pick<EnvironmentDocument, 'clusters' | 'waves'>) =>
    selectClusters(name, lists, declared).map((wave) => wave.flat())
  if (isListOf(waves, (wave) => isListOf(wave, isClusterItem))) return select({ waves })
  if (isListOf(clusters, isClusterItem)) return select({ clusters })
  return clusters === undefined && waves === undefined ? select({}) : []
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isClusterItem(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}

/** A cluster with a fault is served by nobody here, and nobody's word on it counts. */
export function toDeclaredCluster(name: string, cluster: ClusterDocument | undefined): DeclaredCluster {
  if (cluster === undefined) return { name, labels: {}, access: { kind: 'agent', keys: [] } }
  const access = toAccess(cluster)
  return {
    name,
    ...(cluster.environment !== undefined && { environment: cluster.environment }),
    labels: labelsOf(cluster),
    ...(access && { access }),
  }
}

function toAccess({ agent, kubeconfig, clusterApi }: ClusterDocument): ClusterAccess | undefined {
  if (agent) return { kind: 'agent', keys: agent }
  if (kubeconfig !== undefined) return { kind: 'kubeconfig', name: kubeconfig }
  return clusterApi && { kind: 'cluster-api', ...clusterApi }
}

export function toRole(role: RoleDocument): Role {
  return {
    name: role.name,
    members: role.members ?? [],
    ...(role.permission !== undefined && { permission: role.permission }),
    may: role.may,
    environments: role.environments ?? ['*'],
    applications: role.applications ?? ['*'],
  }
}

export function toSlo(slo: SloDocument): Slo {
  return {
    name: slo.name ?? `${slo.application} in ${slo.environment}`,
    application: slo.application,
    environment: slo.environment,
    objective: Number((slo.objective / 100).toPrecision(12)),
    windowDays: slo.window === '30d' ? 30 : 28,
    ...eventsOf(slo),
    ...(slo.versionLabel !== undefined && { versionLabel: slo.versionLabel }),
    onBreach: slo.onBreach ?? 'report',
    ...(slo.onBudgetSpent && { onBudgetSpent: slo.onBudgetSpent }),
  }
}

function eventsOf({
  application,
  bad,
  good,
  total = '',
  indicator,
  service = application,
  namespace,
  within,
}: SloDocument): Pick<Slo, 'badEvents' | 'goodEvents' | 'totalEvents'> {
  if (indicator === undefined) {
    return {
      ...(bad !== undefined && { badEvents: bad.trim() }),
      ...(good !== undefined && { goodEvents: good.trim() }),
      totalEvents: total.trim(),
    }
  }
  const withinMs = within === undefined ? undefined : parseMilliseconds(within)
  return readyIndicator(indicator, {
    service,
    ...(namespace !== undefined && { namespace }),
    ...(withinMs !== undefined && { withinMs }),
  })
}

export function toChartPin(chart: NonNullable<ConfigurationDocument['charts']>[number]): ChartPin {
  return { ...chart, repository: chart.repository.replace(/\/+$/, '') }
}
