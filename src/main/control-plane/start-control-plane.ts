import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import type { Service } from './create-service.ts'
import type { Binaries } from './find-binaries.ts'
import { type ApiServer, startApiServer } from './start-api-server.ts'
import { type Companion, startControllers } from './start-controllers.ts'
import { type Etcd, startEtcd } from './start-etcd.ts'

export interface ControlPlaneOptions {
  binaries: Binaries
  /** A folder of its own: data, logs, kubeconfigs. */
  folder: string
  /** Each an API server of its own on the one etcd; default: one, named `test`. */
  clusters?: string[]
  /** Without kwok no pod is ever ready; without the controller-manager nothing is collected. */
  without?: readonly Companion[]
  /** Of the first API server; those of the others and of etcd follow. Default: free ones. */
  port?: number
  isDurable?: boolean
  /** Goes on when this process ends. */
  isLasting?: boolean
  /** More arguments for each API server. */
  arguments?: string[]
}

export interface RealCluster {
  name: string
  apiServer: ApiServer
  controllers: Service[]
}

/** Real API servers of Kubernetes on loopback. Whatever it started ends with `stop`, or with this process. */
export interface ControlPlane {
  etcd: Etcd
  clusters: RealCluster[]
  stop(): Promise<void>
}

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { binaries, folder, clusters: names = ['test'], without = [], isLasting = false } = options
  const [first, client, peer, ...others] = await portsFor(names.length + 2, options.port)
  const running: { kill(): Promise<void> }[] = []
  const stop = async () => {
    await Promise.all(running.toReversed().map((service) => service.kill()))
  }
  try {
    const file = binaries.paths.etcd!
    const { isDurable } = options
    const etcd = await startEtcd({ file, folder, ports: [client!, peer!], isDurable, isLasting })
    running.push(etcd)
    const start = async (cluster: string, index: number): Promise<RealCluster> => {
      const place = names.length === 1 ? folder : join(folder, cluster)
      const apiServer = await startApiServer({
        file: binaries.paths['kube-apiserver']!,
        cluster,
        folder: place,
        etcd: etcd.address,
        port: [first, ...others][index]!,
        isLasting,
        arguments: options.arguments,
      })
      running.push({ kill: () => apiServer.close() })
      const controllers = await startControllers({ binaries, folder: place, apiServer, without, isLasting })
      running.push(...controllers)
      return { name: cluster, apiServer, controllers }
    }
    return { etcd, clusters: await Promise.all(names.map(start)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function portsFor(count: number, first: number | undefined): Promise<number[]> {
  if (first === undefined) return freePorts(count)
  return Array.from({ length: count }, (_, index) => first + index)
}
