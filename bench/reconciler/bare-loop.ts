// The limit: sends the patches that are necessary, 20 at a time, and does nothing else. Started by bench/reconciler.ts.
import { Pool } from 'undici'
import { KubeConfig } from '@kubernetes/client-node'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { objectsOf } from './fleet.ts'

const connections = 20

const [kubeconfig = '', applications = '0', version = '', which = 'all'] = process.argv.slice(2)
const config = new KubeConfig()
config.loadFromString(kubeconfig)
const options: { headers?: Record<string, string>; ca?: Buffer } = {}
await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0])
const pool = new Pool(config.getCurrentCluster()!.server, { connections, connect: { ca: options.ca } })

const objects = Array.from({ length: Number(applications) }, (_, index) => objectsOf(index, version))
  .flat()
  .filter(({ kind }) => which === 'all' || kind === which)
const begun = performance.now()
const cpu = process.cpuUsage()
let next = 0
const worker = async () => {
  while (next < objects.length) await patch(objects[next++]!)
}
await Promise.all(Array.from({ length: connections }, worker))
const { user, system } = process.cpuUsage(cpu)
process.send?.({ seconds: (performance.now() - begun) / 1000, cpuMs: (user + system) / 1000 })
await pool.close()
process.disconnect?.()

async function patch(object: KubernetesObject): Promise<void> {
  const { name, namespace } = object.metadata
  const group = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`
  const path = `${group}/namespaces/${namespace}/${object.kind.toLowerCase()}s/${name}`
  const answer = await pool.request({
    method: 'PATCH',
    path: `${path}?fieldManager=bare&force=false&fieldValidation=Strict`,
    headers: {
      ...options.headers,
      'content-type': 'application/apply-patch+yaml',
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    },
    body: JSON.stringify(object),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 300)}`)
}
