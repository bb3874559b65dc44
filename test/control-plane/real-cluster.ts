import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { findBinaries } from '../../src/main/control-plane/find-binaries.ts'
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../../src/main/control-plane/start-control-plane.ts'

const kubeconfigFile = process.env['KUBECONFIG_TEST']
const binariesFolder = process.env['KUBEBUILDER_ASSETS']
const absent = process.env['CLUSTER_TESTS_ABSENT'] ?? '`npm run test:cluster` runs it'

/** A suite on the API server that `npm run test:cluster` started; elsewhere its name says why it did not run. */
export function describeOnRealCluster(name: string, suite: () => void): void {
  describeWhere(Boolean(kubeconfigFile), name, suite)
}

/** A suite that starts control planes of its own, to break them. */
export function describeWithControlPlane(name: string, suite: () => void): void {
  describeWhere(Boolean(binariesFolder), name, suite)
}

function describeWhere(isThere: boolean, name: string, suite: () => void): void {
  describe.skipIf(!isThere)(`${name}${isThere ? '' : ` (did not run: ${absent})`}`, () => {
    suite()
  })
}

/** Text of the kubeconfig of the API server that all suites share: work in a namespace of your own. */
export async function sharedKubeconfig(): Promise<string> {
  return readFile(kubeconfigFile ?? '', 'utf8')
}

/** A control plane that is a test's own: it may kill, restart and starve it. `stop` takes its files away. */
export async function ownControlPlane(
  options: Omit<ControlPlaneOptions, 'binaries' | 'folder'> = {},
): Promise<ControlPlane> {
  const found = await findBinaries(process.env, () => undefined)
  if ('problem' in found) throw new Error(found.problem.message)
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-cluster-'))
  const plane = await startControlPlane({ binaries: found.binaries, folder, ...options })
  return {
    ...plane,
    async stop() {
      await plane.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}
