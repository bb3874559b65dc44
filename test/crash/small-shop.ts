import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { readShop, type World } from '../../src/main/demo/open-demo.ts'

const configuration = `version: 1
applications:
  - path: apps/{application}/overlays/{environment}
  - path: plain/{application}/{environment}
environments:
  dev: { clusters: [dev], protected: false }
  staging:
    clusters: [staging]
    promotion: { from: dev, soak: 1m, automatic: true, merge: rule }
`

/** One application and its namespace, in two environments. */
export async function smallShop(): Promise<Record<string, string>> {
  const files = Object.entries(await readShop()).filter(
    ([path]) =>
      path.startsWith('components/') ||
      path.startsWith('apps/catalog/') ||
      path.startsWith('plain/foundation/dev/') ||
      path.startsWith('plain/foundation/staging/'),
  )
  const wanted = files.filter(([path]) => !path.includes('/overlays/prod/'))
  return { ...Object.fromEntries(wanted), '.drawbridge.yaml': configuration }
}

export interface Deployment {
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } }
  status?: { readyReplicas?: number }
}

/** Whether every pod of it has this version. */
export function runs(world: World, cluster: 'dev' | 'staging', version: string): boolean {
  const found = world.shop.clusters
    .get(cluster)
    ?.get({ kind: 'Deployment', namespace: 'shop', name: 'catalog', group: 'apps' })
  const deployment = found as unknown as Deployment | undefined
  const image = deployment?.spec.template.spec.containers[0]?.image
  return (
    image?.endsWith(`:${version}`) === true && deployment?.status?.readyReplicas === deployment?.spec.replicas
  )
}

/** Waits, for a minute and a half at most. */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  const end = systemClock.now() + 90_000
  let last: unknown
  while (systemClock.now() < end) {
    try {
      if (await look()) return
    } catch (error) {
      last = error
    }
    await systemClock.sleep(50)
  }
  throw new Error(`did not come true: ${look.toString().slice(0, 200)}`, { cause: last })
}
