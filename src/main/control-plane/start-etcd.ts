import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../adapters/system/system-clock.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import { createService, type Service } from './create-service.ts'

export interface Etcd extends Service {
  address: string
}

export interface EtcdOptions {
  file: string
  folder: string
  ports: [client: number, peer: number]
  /** Writes reach the disk before they are answered. Slower: for tests of what a crash leaves. */
  isDurable?: boolean
  isLasting: boolean
}

/** Where it stands in the folder for whoever comes later. */
export const etcdAddressFile = 'etcd.address'

const patienceMs = 120_000
const lookEveryMs = 50

/** The store of one or more API servers; killed and started again it has what it had. */
export async function startEtcd(options: EtcdOptions): Promise<Etcd> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const [address, peer] = options.ports.map((port) => `http://127.0.0.1:${port}`) as [string, string]
  const addresses = {
    'listen-client-urls': address,
    'advertise-client-urls': address,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
  }
  const service = createService({
    name: 'etcd',
    file: options.file,
    folder: options.folder,
    isLasting: options.isLasting,
    arguments: [
      '--data-dir=etcd',
      '--log-level=warn',
      ...(options.isDurable ? [] : ['--unsafe-no-fsync']),
      ...Object.entries(addresses).map(([name, value]) => `--${name}=${value}`),
    ],
  })
  const etcd = {
    ...service,
    address,
    async start() {
      await service.start()
      await untilReady(service, async () => (await fetch(`${address}/health`)).ok)
    },
  }
  await etcd.start()
  await writeFile(join(options.folder, etcdAddressFile), address)
  return etcd
}

/** Waits for a service that was started; one that ended instead is an error that says where its log is. */
export async function untilReady(
  service: Service,
  isReady: () => Promise<boolean>,
  limitMs = patienceMs,
): Promise<void> {
  const end = systemClock.now() + limitMs
  while (!(await isReady().catch(() => false))) {
    if (!service.isRunning() || systemClock.now() > end)
      throw new AdapterError({
        system: 'kubernetes',
        operation: 'start',
        target: service.name,
        retryable: false,
        message: `${service.isRunning() ? 'it does not become ready' : 'it ended'}; its log is ${service.logFile}`,
      })
    await systemClock.sleep(lookEveryMs)
  }
}
