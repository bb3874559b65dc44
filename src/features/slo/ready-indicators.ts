import type { Slo } from '../../domain/slo.ts'
import { formatSelector, type Matcher } from './selector.ts'

/** Whom an indicator measures, and what of it. */
export interface IndicatorRequest {
  service: string
  namespace?: string
  /** Slower is bad; absent: what fails is bad. */
  withinMs?: number
}

interface Source {
  /** Counter of all events; of the bad ones, where that is another. */
  events: string
  badEvents?: string
  /** What the bad ones match besides. */
  bad: Matcher[]
  /** Histogram without `_bucket`, and the bounds that it has when nobody set others, in its own unit. */
  latency: { metric: string; unitMs: number; bounds: readonly number[] }
  matchers(request: IndicatorRequest): Matcher[]
}

const is = (label: string, value: string): Matcher => ({ label, operator: '=', value })
const isOneOf = (label: string, value: string): Matcher => ({ label, operator: '=~', value })

/** `5..` is `503` as well as `5xx`, which ingress-nginx writes where it reports classes of status. */
const serverErrors = '5..'

/** UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS: the others are the caller's doing. Source: open-telemetry/semantic-conventions, docs/rpc/grpc.md. */
const grpcErrors = '2|4|12|13|14|15'

/** Source: envoyproxy/envoy, source/common/stats/histogram_impl.cc, defaultBuckets; Istio's proxies are Envoy. */
const envoyBounds = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000]

/** Source: prometheus/client_golang, prometheus/histogram.go, DefBuckets. */
const goBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Source: istio/istio.io, content/en/docs/reference/config/metrics. The server's own proxy reports, so that no call counts twice. */
const istio = (protocol: string, bad: Matcher): Source => ({
  events: 'istio_requests_total',
  bad: [bad],
  latency: { metric: 'istio_request_duration_milliseconds', unitMs: 1, bounds: envoyBounds },
  matchers: ({ service, namespace }) => [
    is('reporter', 'destination'),
    is('request_protocol', protocol),
    is('destination_service_name', service),
    ...(namespace === undefined ? [] : [is('destination_service_namespace', namespace)]),
  ],
})

/** Source: envoyproxy/envoy, source/common/config/well_known_names.cc (labels) and docs/root/configuration/upstream/cluster_manager/cluster_stats.rst. */
const envoy = (events: Pick<Source, 'events' | 'badEvents' | 'bad'>): Source => ({
  ...events,
  latency: { metric: 'envoy_cluster_upstream_rq_time', unitMs: 1, bounds: envoyBounds },
  matchers: ({ service }) => [is('envoy_cluster_name', service)],
})

/** The service as `job`. Source: open-telemetry/opentelemetry-specification, specification/compatibility/prometheus_and_openmetrics.md, "Resource Attributes". */
const telemetryJob = ({ service, namespace }: IndicatorRequest): Matcher =>
  is('job', namespace === undefined ? service : `${namespace}/${service}`)

const sources = {
  'istio-http': istio('http', isOneOf('response_code', serverErrors)),
  'istio-grpc': istio('grpc', isOneOf('grpc_response_status', grpcErrors)),
  'envoy-http': envoy({
    events: 'envoy_cluster_upstream_rq_xx',
    bad: [is('envoy_response_code_class', '5')],
  }),
  /** Source: envoyproxy/envoy, docs/root/configuration/http/http_filters/grpc_stats_filter.rst: all but OK is a failure. */
  'envoy-grpc': envoy({
    events: 'envoy_cluster_grpc_total',
    badEvents: 'envoy_cluster_grpc_failure',
    bad: [],
  }),
  /** Source: kubernetes/ingress-nginx, internal/ingress/metric/collectors/socket.go. By the Ingress: target labels hide `service`. */
  'nginx-http': {
    events: 'nginx_ingress_controller_requests',
    bad: [isOneOf('status', serverErrors)],
    latency: { metric: 'nginx_ingress_controller_request_duration_seconds', unitMs: 1000, bounds: goBounds },
    matchers: ({ service, namespace }) => [
      is('ingress', service),
      ...(namespace === undefined ? [] : [is('namespace', namespace)]),
    ],
  },
  /** Source: open-telemetry/semantic-conventions, docs/http/http-metrics.md. */
  'otel-http': {
    events: 'http_server_request_duration_seconds_count',
    bad: [isOneOf('http_response_status_code', serverErrors)],
    latency: {
      metric: 'http_server_request_duration_seconds',
      unitMs: 1000,
      bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    matchers: (request) => [telemetryJob(request)],
  },
  /** Source: open-telemetry/semantic-conventions v1.37.0, docs/rpc/rpc-metrics.md; bounds: opentelemetry-specification, metrics/sdk.md. */
  'otel-grpc': {
    events: 'rpc_server_duration_milliseconds_count',
    bad: [isOneOf('rpc_grpc_status_code', grpcErrors)],
    latency: {
      metric: 'rpc_server_duration_milliseconds',
      unitMs: 1,
      bounds: [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
    },
    matchers: (request) => [is('rpc_system', 'grpc'), telemetryJob(request)],
  },
} satisfies Record<string, Source>

export type IndicatorName = keyof typeof sources
export const indicatorNames = Object.keys(sources) as IndicatorName[]

/** The counters of an SLO on what a proxy or a library measures by itself. */
export function readyIndicator(
  name: IndicatorName,
  request: IndicatorRequest,
): Pick<Slo, 'badEvents' | 'goodEvents' | 'totalEvents'> {
  const source: Source = sources[name]
  const matchers = source.matchers(request)
  const { latency, events, badEvents = events, bad } = source
  if (request.withinMs === undefined) {
    return {
      totalEvents: formatSelector({ metric: events, matchers }),
      badEvents: formatSelector({ metric: badEvents, matchers: [...matchers, ...bad] }),
    }
  }
  const bound = bucketLabel(request.withinMs / latency.unitMs)
  return {
    totalEvents: formatSelector({ metric: `${latency.metric}_count`, matchers }),
    goodEvents: formatSelector({ metric: `${latency.metric}_bucket`, matchers: [...matchers, bound] }),
  }
}

/** The bounds that the latency of an indicator has, in milliseconds; nothing is known of others. */
export function latencyBounds(name: IndicatorName): number[] {
  const { bounds, unitMs } = sources[name].latency
  return bounds.map((bound) => Number((bound * unitMs).toPrecision(12)))
}

/** A whole bound is `1` to some and `1.0` to others. Source: Prometheus 3.0 migration guide, "Normalization of le and quantile label values". */
function bucketLabel(bound: number): Matcher {
  const written = String(Number(bound.toPrecision(12)))
  return Number.isInteger(bound) ? isOneOf('le', `${written}|${written}[.]0`) : is('le', written)
}
