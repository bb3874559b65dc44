// The limit: sends the patches that are necessary, 20 at a time, and does nothing else; or besides writes a record of each
// application, before it where it is new, and after it. Started by bench/reconciler.ts.
import { Pool } from 'undici'
import { KubeConfig } from '@kubernetes/client-node'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { objectsOf } from './fleet.ts'

const connections = 20

const [kubeconfig = '', applications = '0', version = '', which = 'all', records = 'without'] =
  process.argv.slice(2)
const config = new KubeConfig()
config.loadFromString(kubeconfig)
const options: { headers?: Record<string, string>; ca?: Buffer } = {}
await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0])
const pool = new Pool(config.getCurrentCluster()!.server, { connections, connect: { ca: options.ca } })

const isNew = which === 'all'
const patchesOf = (index: number) =>
  objectsOf(index, version)
    .filter(({ kind }) => isNew || kind === which)
    .map((object) => () => patch(object))
const recordedOf = (index: number) => async () => {
  const record = recordOf(index)
  if (isNew) await write('POST', record)
  for (const one of patchesOf(index)) await one()
  await write('PUT', record)
}
const all = Array.from({ length: Number(applications) }, (_, index) => index)
const work = all.flatMap((index) => (records === 'without' ? patchesOf(index) : [recordedOf(index)]))
const begun = performance.now()
const cpu = process.cpuUsage()
let next = 0
const worker = async () => {
  while (next < work.length) await work[next++]!()
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
  const query = 'fieldManager=bare&force=false&fieldValidation=Strict'
  await send('PATCH', `${path}?${query}`, 'application/apply-patch+yaml', object)
}

/** As many bytes as an inventory has. */
function recordOf(index: number): KubernetesObject {
  const { namespace } = objectsOf(index, version)[0]!.metadata
  const entries = 'x'.repeat(170 * objectsOf(index, version).length)
  const metadata = { name: `record-${index}`, namespace, managedFields: [{}] }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version, entries } }
}

async function write(method: 'POST' | 'PUT', record: KubernetesObject): Promise<void> {
  const { name, namespace } = record.metadata
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  await send(
    method,
    `${method === 'PUT' ? `${path}/${name}` : path}?fieldManager=bare`,
    'application/json',
    record,
  )
}

async function send(
  method: 'PATCH' | 'POST' | 'PUT',
  path: string,
  contentType: string,
  body: KubernetesObject,
): Promise<void> {
  const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
  const answer = await pool.request({
    method,
    path,
    headers: { ...options.headers, 'content-type': contentType, accept },
    body: JSON.stringify(body),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 300)}`)
}
