import { afterAll, beforeAll, describe } from 'vitest'
import { describeOnRealCluster } from '../../control-plane/real-cluster.ts'
import type { ApiUnderTest } from './contract/api-under-test.ts'
import { type Client, createClient } from './contract/client.ts'
import { describeCustomKinds } from './contract/custom-kinds.ts'
import { describeLifecycle } from './contract/lifecycle.ts'
import { openEmulatedApi, openRealApi } from './contract/open-apis.ts'
import { describeOwnership } from './contract/ownership.ts'
import { describeReading } from './contract/reading.ts'
import { describeRefusals } from './contract/refusals.ts'
import { describeServing } from './contract/serving.ts'
import { describeStoredForm } from './contract/stored-form.ts'

/** What both must answer alike. The real server is right: its answers are what the snapshots hold. */
function describeApi(open: () => Promise<ApiUnderTest>): void {
  let under: ApiUnderTest
  let client: Client
  beforeAll(async () => {
    under = await open()
    client = createClient(under)
  })
  afterAll(() => under?.close())
  for (const describeSubject of [
    describeStoredForm,
    describeOwnership,
    describeRefusals,
    describeLifecycle,
    describeReading,
    describeCustomKinds,
    describeServing,
  ])
    describeSubject(() => client)
}

describe('the emulated API server', () => {
  describeApi(openEmulatedApi)
})
describeOnRealCluster('the API server of Kubernetes', () => describeApi(openRealApi))
