import { describe, expect, it } from 'vitest'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { indicatorNames, latencyBounds, readyIndicator } from '../../../src/features/slo/ready-indicators.ts'

const configured = (rest: string) =>
  parseConfiguration(
    `environments: { prod: {} }\nslos: [{ application: web, environment: prod, objective: 99.9, ${rest} }]\n`,
    '.drawbridge.yaml',
  )

// | what is asked for                | what is counted                                              |
// | an indicator                     | all events, and those that failed                            |
// | … with `within`                  | all events, and those that took no longer                    |
// | … with `service`, `namespace`    | those of that service; of the application where none is given |
describe('what an indicator counts', () => {
  it.each`
    rest                                                       | total                                                                                                                                          | part
    ${'indicator: istio-http'}                                 | ${'istio_requests_total{reporter="destination",request_protocol="http",destination_service_name="web"}'}                                       | ${'bad istio_requests_total{reporter="destination",request_protocol="http",destination_service_name="web",response_code=~"5.."}'}
    ${'indicator: istio-http, service: cart, namespace: shop'} | ${'istio_requests_total{reporter="destination",request_protocol="http",destination_service_name="cart",destination_service_namespace="shop"}'} | ${'bad istio_requests_total{reporter="destination",request_protocol="http",destination_service_name="cart",destination_service_namespace="shop",response_code=~"5.."}'}
    ${'indicator: istio-http, within: 250ms'}                  | ${'istio_request_duration_milliseconds_count{reporter="destination",request_protocol="http",destination_service_name="web"}'}                  | ${'good istio_request_duration_milliseconds_bucket{reporter="destination",request_protocol="http",destination_service_name="web",le=~"250|250[.]0"}'}
    ${'indicator: istio-grpc'}                                 | ${'istio_requests_total{reporter="destination",request_protocol="grpc",destination_service_name="web"}'}                                       | ${'bad istio_requests_total{reporter="destination",request_protocol="grpc",destination_service_name="web",grpc_response_status=~"2|4|12|13|14|15"}'}
    ${'indicator: istio-grpc, within: 0.5ms'}                  | ${'istio_request_duration_milliseconds_count{reporter="destination",request_protocol="grpc",destination_service_name="web"}'}                  | ${'good istio_request_duration_milliseconds_bucket{reporter="destination",request_protocol="grpc",destination_service_name="web",le="0.5"}'}
    ${'indicator: envoy-http, service: outbound|80||web'}      | ${'envoy_cluster_upstream_rq_xx{envoy_cluster_name="outbound|80||web"}'}                                                                       | ${'bad envoy_cluster_upstream_rq_xx{envoy_cluster_name="outbound|80||web",envoy_response_code_class="5"}'}
    ${'indicator: envoy-http, within: 1s'}                     | ${'envoy_cluster_upstream_rq_time_count{envoy_cluster_name="web"}'}                                                                            | ${'good envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="web",le=~"1000|1000[.]0"}'}
    ${'indicator: envoy-grpc'}                                 | ${'envoy_cluster_grpc_total{envoy_cluster_name="web"}'}                                                                                        | ${'bad envoy_cluster_grpc_failure{envoy_cluster_name="web"}'}
    ${'indicator: envoy-grpc, within: 50ms'}                   | ${'envoy_cluster_upstream_rq_time_count{envoy_cluster_name="web"}'}                                                                            | ${'good envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="web",le=~"50|50[.]0"}'}
    ${'indicator: nginx-http, namespace: shop'}                | ${'nginx_ingress_controller_requests{ingress="web",namespace="shop"}'}                                                                         | ${'bad nginx_ingress_controller_requests{ingress="web",namespace="shop",status=~"5.."}'}
    ${'indicator: nginx-http, within: 250ms'}                  | ${'nginx_ingress_controller_request_duration_seconds_count{ingress="web"}'}                                                                    | ${'good nginx_ingress_controller_request_duration_seconds_bucket{ingress="web",le="0.25"}'}
    ${'indicator: otel-http'}                                  | ${'http_server_request_duration_seconds_count{job="web"}'}                                                                                     | ${'bad http_server_request_duration_seconds_count{job="web",http_response_status_code=~"5.."}'}
    ${'indicator: otel-http, namespace: shop, within: 1s'}     | ${'http_server_request_duration_seconds_count{job="shop/web"}'}                                                                                | ${'good http_server_request_duration_seconds_bucket{job="shop/web",le=~"1|1[.]0"}'}
    ${'indicator: otel-grpc'}                                  | ${'rpc_server_duration_milliseconds_count{rpc_system="grpc",job="web"}'}                                                                       | ${'bad rpc_server_duration_milliseconds_count{rpc_system="grpc",job="web",rpc_grpc_status_code=~"2|4|12|13|14|15"}'}
    ${'indicator: otel-grpc, within: 250ms'}                   | ${'rpc_server_duration_milliseconds_count{rpc_system="grpc",job="web"}'}                                                                       | ${'good rpc_server_duration_milliseconds_bucket{rpc_system="grpc",job="web",le=~"250|250[.]0"}'}
  `('$rest', ({ rest, total, part }) => {
    const { configuration, problems } = configured(rest)
    expect(problems).toEqual([])
    const [slo] = configuration.slos
    const counted = slo?.badEvents === undefined ? `good ${slo?.goodEvents}` : `bad ${slo.badEvents}`
    expect({ total: slo?.totalEvents, part: counted }).toEqual({ total, part })
  })

  it('lets no name out of its label', () => {
    const { totalEvents } = readyIndicator('otel-http', { service: 'a"} or vector(1) #' })
    expect(totalEvents).toBe('http_server_request_duration_seconds_count{job="a\\"} or vector(1) #"}')
  })
})

describe('what is wrong with an indicator', () => {
  it.each`
    case                      | rest                                        | message
    ${'unknown'}              | ${'indicator: istio'}                       | ${/slos\[0\]\.indicator: "istio" is not one of istio-http, istio-grpc, .*, otel-grpc/}
    ${'beside counters'}      | ${'indicator: otel-http, bad: x, total: y'} | ${/bad and indicator are both given; keep one of them/}
    ${'no counters either'}   | ${'service: web'}                           | ${/neither bad nor good is written/}
    ${'service of none'}      | ${'bad: x, total: y, service: web'}         | ${/slos\[0\]\.service: is of an indicator, and there is none; add indicator/}
    ${'no such bucket'}       | ${'indicator: istio-http, within: 300ms'}   | ${/300ms is no bound of what istio-http counts, .*; write one of 0.5ms, 1ms, .*30s; or good and total/}
    ${'no time'}              | ${'indicator: istio-http, within: quick'}   | ${/slos\[0\]\.within: "quick" is not a time; write 250ms or 1s/}
    ${'a namespace of Envoy'} | ${'indicator: envoy-http, namespace: shop'} | ${/Envoy counts by cluster alone/}
  `('$case', ({ rest, message }) => {
    const { configuration, problems } = configured(rest)
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message)
    expect(configuration.slos).toEqual([])
  })

  it('has bounds that can be written', () => {
    for (const name of indicatorNames)
      for (const bound of latencyBounds(name))
        expect(configured(`indicator: ${name}, within: ${bound}ms`).problems).toEqual([])
  })
})
