import { type ChildProcess, fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterName } from '../../src/emulator/shop/create-shop.ts'
import { publicKeyLine } from '../../src/features/attestation/ssh-key.ts'
import type { Demo } from '../../src/main/demo/open-demo.ts'
import type { AgentOrder } from './agent-process.ts'

/** The two halves of an agent's key. */
export function anAgentKey(): { key: string; line: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key, line: publicKeyLine(key) }
}

export interface StartedAgent {
  /** What it logged. */
  lines(): string[]
  stop(): Promise<void>
}

/** How often the process hears of the world's time: it may have jumped. */
const tellTimeMs = 20

/** An agent as a process of its own, beside one cluster of the shop, in the shop's time. */
export async function startAgent(
  { clock, shop, settings }: Demo,
  { cluster, key, folder, rate }: { cluster: ClusterName; key: string; folder: string; rate: number },
): Promise<StartedAgent> {
  const own = join(folder, `agent-${cluster}`)
  mkdirSync(own, { recursive: true })
  const file = (name: string, content: string) => {
    writeFileSync(join(own, name), content, { mode: 0o600 })
    return join(own, name)
  }
  const order: AgentOrder = {
    options: {
      repository: `${shop.githubUrl}/shop/config.git`,
      repositoryId: String(shop.repository.id),
      environment: 'prod',
      cluster,
      kubeconfig: file('kubeconfig', shop.kubeconfigs.get(cluster) ?? ''),
      allowedSigners: file('signers', `${publicKeyLine(settings.signingKey)}\n`),
      folder: own,
      app: settings.publicUrl,
      agentKey: file('key', key),
      once: false,
    },
    now: clock.now(),
    rate,
  }
  const child = fork(
    join(import.meta.dirname, 'agent-process.ts'),
    [file('order.json', JSON.stringify(order))],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Somebody who may read the repository; an installation's own token would last for an hour.
      env: { PATH: process.env.PATH, DRAWBRIDGE_GIT_TOKEN: shop.github.as('ken').token },
    },
  )
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(String(chunk)))
  const telling = setInterval(() => tell(child, clock.now()), tellTimeMs)
  await once(child.stdout ?? child, 'data')
  return {
    lines: () => output.join('').split('\n'),
    async stop() {
      clearInterval(telling)
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

function tell(child: ChildProcess, now: number): void {
  // It may have ended at this moment.
  if (child.connected) child.send(now, () => undefined)
}
