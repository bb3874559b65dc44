import { expect, it } from 'vitest'
import type { Configuration } from '../../src/domain/configuration.ts'
import { parseConfiguration } from '../../src/features/config/parse-configuration.ts'
import { readSourceSlos } from '../../src/journeys/promotion/read-source-slos.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import { noon } from '../builders.ts'
import { createShopTraffic } from '../simulation/shop-traffic.ts'

const configurationWith = (slos: string): Configuration =>
  parseConfiguration(
    `version: 1
environments:
  staging: {}
  prod: { promotion: { from: staging${slos} } }
slos:
  - name: checkout answers
    application: checkout
    environment: staging
    objective: 99.9
    window: 28d
    bad: http_requests_total{app="checkout",code=~"5.."}
    total: http_requests_total{app="checkout"}
`,
    '.drawbridge.yaml',
  ).configuration

const place = { application: 'checkout', from: ['staging'], to: 'prod' }

async function statesBy(metrics: Metrics, slos = ', slos: healthy'): Promise<string[]> {
  const clock = { now: () => noon, sleep: async () => {} }
  const found = await readSourceSlos({ metrics, clock }, configurationWith(slos), place)
  return found.map(({ state }) => state)
}

function trafficOf(version: string): Metrics {
  const traffic = createShopTraffic(() => 1)
  traffic.serve('checkout', 'staging', version, noon - 3_600_000)
  return traffic.metrics
}

it('tells how the SLOs of the source stand, and asks nobody where no one wants to know', async () => {
  expect(await statesBy(trafficOf('1.2.0'))).toEqual(['healthy'])
  expect(await statesBy(trafficOf('1.3.0'))).toEqual(['breached'])
  expect(await statesBy(createShopTraffic(() => 1).metrics)).toEqual(['blind'])
  expect(await statesBy(trafficOf('1.3.0'), '')).toEqual([])
})
