import type { HealthRuleText } from '../../domain/reconcile-settings.ts'
import { compileHealthRules, type HealthRules } from './health-rule.ts'

type Rule = Omit<HealthRuleText, 'group' | 'kind'>

/** `Ready` says everything; its being false is a failure. */
const ready: Rule = {
  healthy: 'conditions.Ready.status == "True"',
  degraded: 'conditions.Ready.status == "False"',
}

/** `Ready` is false also while it is being worked on; kinds that say so by `Stalled` or never. */
const readyOrWorking: Rule = { healthy: 'conditions.Ready.status == "True"' }

/** Says nothing about itself. */
const silent: Rule = { healthy: 'true' }

const byState = (field: string, good: string[], bad: string[]): Rule => ({
  healthy: `${field} in ${JSON.stringify(good)}`,
  degraded: `${field} in ${JSON.stringify(bad)}`,
})

/** A route is as healthy as each of the parents that it is attached to says, at the present generation. */
const perParent = (list: string): Rule => {
  const all = `status.${list}`
  const isStale =
    'has(metadata.generation) && has(c.observedGeneration) && c.observedGeneration < metadata.generation'
  return {
    progressing: `!has(${all}) || size(${all}) == 0 || ${all}.exists(p, p.conditions.exists(c, ${isStale}))`,
    degraded: `${all}.exists(p, p.conditions.exists(c, c.type in ["Accepted", "ResolvedRefs", "Programmed"] && c.status == "False"))`,
    healthy: `${all}.all(p, p.conditions.exists(c, c.type == "Accepted" && c.status == "True"))`,
    message: `${all}.map(p, p.conditions.filter(c, c.status == "False").map(c, c.type + " is False (" + c.reason + "): " + c.message)).filter(m, size(m) > 0)[0][0]`,
  }
}

const crossplane: Rule = {
  degraded:
    '(has(conditions.Synced) && conditions.Synced.status == "False") || (has(conditions.LastAsyncOperation) && conditions.LastAsyncOperation.status == "False")',
  healthy:
    'size(conditions) > 0 && conditions.all(t, !(t in ["Ready", "Healthy", "Installed", "Established", "Offered", "RevisionHealthy", "ValidPipeline"]) || conditions[t].status == "True")',
}

/** Several instances under one operator. */
const available: Rule = {
  degraded:
    '(has(conditions.Reconciled) && conditions.Reconciled.status == "False") || (conditions.Available.status == "False" && conditions.Available.reason != "SomePodsNotReady")',
  healthy: 'conditions.Available.status == "True"',
}

const clusterApi: Rule = {
  suspended: 'has(spec.paused) && spec.paused',
  degraded: 'has(status.phase) && status.phase == "Failed"',
  healthy:
    'has(conditions.Available) ? conditions.Available.status == "True" : conditions.Ready.status == "True"',
}

const flux: Rule = {
  suspended: 'has(spec.suspend) && spec.suspend',
  degraded:
    'conditions.Ready.status == "False" && !(conditions.Ready.reason in ["Progressing", "DependencyNotReady", "ProgressingWithRetry"])',
  healthy: 'conditions.Ready.status == "True"',
}

/** Istio speaks up only about what is wrong. */
const istio: Rule = {
  degraded:
    'has(status.validationMessages) && status.validationMessages.exists(m, m.level == "ERROR" || m.level == 3)',
  healthy: 'true',
}

const knative: Rule = ready

/**
 * Kinds of the field: group, kinds, rule. `test/features/health/shipped-rules.cases.yaml` has a case for each.
 * A kind that is not here is judged by its condition `Ready`.
 * Sources: the projects' own API references; argoproj/argo-cd, resource_customizations, for what people are used to.
 */
export const shippedRuleTable: readonly (readonly [group: string, kinds: string, rule: Rule])[] = [
  [
    'argoproj.io',
    'Rollout',
    {
      degraded: 'status.phase in ["Degraded", "Error"] || has(conditions.InvalidSpec)',
      healthy: 'status.phase == "Healthy"',
      message: 'status.message',
    },
  ],
  [
    'argoproj.io',
    'AnalysisRun Experiment',
    {
      ...byState('status.phase', ['Successful'], ['Failed', 'Error', 'Inconclusive']),
      message: 'status.message',
    },
  ],
  ['argoproj.io', 'Workflow', byState('status.phase', ['Succeeded'], ['Failed', 'Error'])],
  [
    'argoproj.io',
    'Application',
    {
      degraded:
        'status.health.status in ["Degraded", "Missing"] || status.operationState.phase in ["Failed", "Error"]',
      suspended: 'status.health.status == "Suspended"',
      healthy: 'status.health.status == "Healthy" && status.sync.status == "Synced"',
      message: 'has(status.health.message) ? status.health.message : "is " + status.sync.status',
    },
  ],
  [
    'argoproj.io',
    'ApplicationSet',
    {
      degraded: 'conditions.ErrorOccurred.status == "True"',
      healthy: 'conditions.ResourcesUpToDate.status == "True"',
      message: 'conditions.ErrorOccurred.message',
    },
  ],
  [
    'argoproj.io',
    'AppProject AnalysisTemplate ClusterAnalysisTemplate WorkflowTemplate ClusterWorkflowTemplate CronWorkflow',
    silent,
  ],
  [
    'flagger.app',
    'Canary',
    {
      ...byState('status.phase', ['Succeeded', 'Initialized'], ['Failed']),
      message: '"phase " + status.phase',
    },
  ],
  ['flagger.app', 'MetricTemplate AlertProvider', silent],
  [
    'cert-manager.io',
    'Certificate',
    {
      ...ready,
      progressing: 'has(conditions.Issuing) && conditions.Issuing.status == "True"',
      message: 'has(conditions.Issuing) ? conditions.Issuing.message : conditions.Ready.message',
    },
  ],
  ['cert-manager.io', 'Issuer ClusterIssuer', ready],
  [
    'cert-manager.io',
    'CertificateRequest',
    {
      degraded: 'conditions.Ready.reason in ["Failed", "Denied"] || has(conditions.InvalidRequest)',
      healthy: 'conditions.Ready.status == "True"',
    },
  ],
  [
    'acme.cert-manager.io',
    'Order Challenge',
    byState('status.state', ['valid', 'ready'], ['invalid', 'expired', 'errored']),
  ],
  [
    '*.crossplane.io',
    'ProviderConfig ClusterProviderConfig ProviderConfigUsage ClusterProviderConfigUsage StoreConfig Composition CompositionRevision DeploymentRuntimeConfig EnvironmentConfig ImageConfig Usage ManagedResourceActivationPolicy',
    silent,
  ],
  [
    '*.upbound.io',
    'ProviderConfig ClusterProviderConfig ProviderConfigUsage ClusterProviderConfigUsage StoreConfig',
    silent,
  ],
  ['*.crossplane.io', '*', crossplane],
  ['*.upbound.io', '*', crossplane],
  ['*.cluster.x-k8s.io', '*', clusterApi],
  ['cluster.x-k8s.io', 'MachineHealthCheck', silent],
  [
    'external-secrets.io',
    'ExternalSecret ClusterExternalSecret PushSecret SecretStore ClusterSecretStore',
    ready,
  ],
  ['generators.external-secrets.io', '*', silent],
  [
    'bitnami.com',
    'SealedSecret',
    { healthy: 'conditions.Synced.status == "True"', degraded: 'conditions.Synced.status == "False"' },
  ],
  [
    'gateway.networking.k8s.io',
    'Gateway',
    {
      degraded:
        'conditions.Accepted.status == "False" || (has(conditions.Programmed) && conditions.Programmed.status == "False" && conditions.Programmed.reason in ["Invalid", "NoResources"])',
      healthy: 'conditions.Accepted.status == "True" && conditions.Programmed.status == "True"',
    },
  ],
  [
    'gateway.networking.k8s.io',
    'GatewayClass',
    { degraded: 'conditions.Accepted.status == "False"', healthy: 'conditions.Accepted.status == "True"' },
  ],
  ['gateway.networking.k8s.io', 'HTTPRoute GRPCRoute TLSRoute TCPRoute UDPRoute', perParent('parents')],
  ['gateway.networking.k8s.io', 'BackendTLSPolicy', perParent('ancestors')],
  ['gateway.networking.k8s.io', 'ReferenceGrant', silent],
  [
    'keda.sh',
    'ScaledObject ScaledJob',
    {
      degraded:
        'conditions.Ready.status == "False" || (has(conditions.Fallback) && conditions.Fallback.status == "True")',
      suspended: 'has(conditions.Paused) && conditions.Paused.status == "True"',
      healthy: 'conditions.Ready.status == "True"',
    },
  ],
  ['keda.sh', 'TriggerAuthentication ClusterTriggerAuthentication', silent],
  ['*.knative.dev', '*', knative],
  ['*.toolkit.fluxcd.io', '*', flux],
  ['notification.toolkit.fluxcd.io', 'Alert Provider', { ...flux, healthy: 'true' }],
  [
    'monitoring.coreos.com',
    'Prometheus PrometheusAgent Alertmanager ThanosRuler',
    { ...available, suspended: 'has(spec.paused) && spec.paused' },
  ],
  [
    'monitoring.coreos.com',
    'ServiceMonitor PodMonitor PrometheusRule Probe ScrapeConfig AlertmanagerConfig',
    silent,
  ],
  [
    'kafka.strimzi.io',
    '*',
    {
      suspended: 'has(conditions.ReconciliationPaused) && conditions.ReconciliationPaused.status == "True"',
      degraded: 'conditions.NotReady.status == "True" && conditions.NotReady.reason != "Creating"',
      healthy: 'conditions.Ready.status == "True"',
      message:
        'has(conditions.NotReady) ? conditions.NotReady.reason + ": " + conditions.NotReady.message : conditions.ReconciliationPaused.type',
    },
  ],
  [
    'postgresql.cnpg.io',
    'Cluster',
    {
      suspended: '"cnpg.io/hibernation" in conditions && conditions["cnpg.io/hibernation"].status == "True"',
      degraded:
        'status.phase in ["Failing over", "Waiting for user action", "Unable to create required cluster objects", "Cluster is unrecoverable and needs manual intervention", "Cluster has incomplete or invalid image catalog", "Cluster cannot proceed to reconciliation due to an unknown plugin being required", "Cluster cannot execute instance online upgrade due to missing architecture binary"]',
      healthy: 'status.phase == "Cluster in healthy state" && conditions.Ready.status == "True"',
      message: 'status.phase + (has(status.phaseReason) ? ": " + status.phaseReason : "")',
    },
  ],
  ['postgresql.cnpg.io', 'Backup', byState('status.phase', ['completed'], ['failed'])],
  [
    'postgresql.cnpg.io',
    'Database Publication Subscription',
    {
      healthy: 'status.applied == true',
      degraded: 'status.applied == false',
      message: 'status.message',
    },
  ],
  ['postgresql.cnpg.io', 'ScheduledBackup ImageCatalog ClusterImageCatalog', silent],
  ['networking.istio.io', '*', istio],
  ['security.istio.io', '*', istio],
  ['telemetry.istio.io', '*', istio],
  ['extensions.istio.io', '*', istio],
  [
    'acid.zalan.do',
    'postgresql',
    byState(
      'status.PostgresClusterStatus',
      ['Running'],
      ['CreateFailed', 'UpdateFailed', 'DeleteFailed', 'SyncFailed', 'Invalid'],
    ),
  ],
  [
    'elasticsearch.k8s.elastic.co',
    'Elasticsearch',
    {
      degraded: 'status.health == "red" || status.phase == "Invalid"',
      healthy: 'status.health == "green" && status.phase == "Ready"',
      message: '"health " + status.health + ", phase " + status.phase',
    },
  ],
  ['*.k8s.elastic.co', '*', { healthy: 'status.health == "green"', degraded: 'status.health == "red"' }],
  ['psmdb.percona.com', '*', byState('status.state', ['ready'], ['error'])],
  ['pxc.percona.com', '*', byState('status.state', ['ready'], ['error'])],
  ['mongodbcommunity.mongodb.com', 'MongoDBCommunity', byState('status.phase', ['Running'], ['Failed'])],
  [
    'rabbitmq.com',
    'RabbitmqCluster',
    {
      degraded: 'conditions.ReconcileSuccess.status == "False"',
      healthy: 'conditions.AllReplicasReady.status == "True" && conditions.ReconcileSuccess.status == "True"',
    },
  ],
  ['rabbitmq.com', '*', ready],
  [
    'tekton.dev',
    'PipelineRun TaskRun',
    { healthy: 'conditions.Succeeded.status == "True"', degraded: 'conditions.Succeeded.status == "False"' },
  ],
  ['tekton.dev', 'Pipeline Task', silent],
  ['kyverno.io', 'ClusterPolicy Policy', readyOrWorking],
  [
    'templates.gatekeeper.sh',
    'ConstraintTemplate',
    {
      healthy: 'status.created == true',
      degraded: 'has(status.byPod) && status.byPod.exists(p, has(p.errors) && size(p.errors) > 0)',
    },
  ],
  ['karpenter.sh', 'NodePool NodeClaim', readyOrWorking],
  [
    'snapshot.storage.k8s.io',
    'VolumeSnapshot',
    { healthy: 'status.readyToUse == true', degraded: 'has(status.error)', message: 'status.error.message' },
  ],
  [
    'velero.io',
    'Backup Restore',
    byState('status.phase', ['Completed'], ['Failed', 'PartiallyFailed', 'FailedValidation']),
  ],
  ['velero.io', 'BackupStorageLocation', byState('status.phase', ['Available'], ['Unavailable'])],
  [
    'ceph.rook.io',
    'CephCluster',
    {
      degraded: 'status.phase == "Failure" || status.ceph.health == "HEALTH_ERR"',
      healthy: 'status.phase == "Ready" && status.ceph.health != "HEALTH_ERR"',
      message: '"phase " + status.phase',
    },
  ],
  ['ceph.rook.io', '*', byState('status.phase', ['Ready', 'Connected'], ['Failure'])],
  [
    'projectcontour.io',
    'HTTPProxy',
    { ...byState('status.currentStatus', ['valid'], ['invalid', 'orphaned']), message: 'status.description' },
  ],
  [
    'cilium.io',
    'CiliumNetworkPolicy CiliumClusterwideNetworkPolicy',
    { degraded: 'has(conditions.Valid) && conditions.Valid.status == "False"', healthy: 'true' },
  ],
  ['traefik.io', '*', silent],
  ['metallb.io', '*', silent],
]

let compiled: HealthRules | undefined

/** Compiled at first use; the table never changes. */
export function shippedRules(): HealthRules {
  compiled ??= compileHealthRules(
    shippedRuleTable.flatMap(([group, kinds, rule]) =>
      kinds.split(' ').map((kind) => ({ group, kind, ...rule })),
    ),
  ).rules
  return compiled
}
