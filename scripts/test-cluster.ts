// Runs the suites that ask a real API server, on one that it starts: npm run test:cluster [-- PATH… arguments of vitest]
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatProblem } from '../src/cli/format-problem.ts'
import { type Binaries, findBinaries } from '../src/main/control-plane/find-binaries.ts'
import { givenApiServer } from '../src/main/control-plane/given-api-server.ts'
import { startControlPlane } from '../src/main/control-plane/start-control-plane.ts'
import { tellBuild } from '../src/main/control-plane/tell-build.ts'

const started = performance.now()
const given = await givenApiServer(process.env)
const found = await findBinaries(process.env, tellBuild(process.stderr))
const absent = 'problem' in found ? formatProblem(found.problem) : undefined
if (absent !== undefined) process.stderr.write(`${absent}\n`)
const plane = given || 'problem' in found ? undefined : await startOne(found.binaries)
if (given) process.stderr.write(`The suites write to the API server of ${given.kubeconfig}.\n`)
try {
  process.exitCode = await runSuites({
    KUBECONFIG_TEST: given?.kubeconfig ?? plane?.kubeconfig,
    ETCD_TEST: given?.etcd ?? plane?.etcd,
    // Those that start control planes of their own need the programs, also where one is given.
    ...('problem' in found
      ? { KUBEBUILDER_ASSETS: undefined, CLUSTER_TESTS_ABSENT: absent }
      : { KUBEBUILDER_ASSETS: found.binaries.folder }),
  })
} finally {
  await plane?.stop()
}

async function startOne(binaries: Binaries) {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-cluster-'))
  const { clusters, etcd, stop } = await startControlPlane({ binaries, folder })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(`The control plane is up after ${seconds} s.\n`)
  return {
    kubeconfig: clusters[0]?.apiServer.kubeconfigFile,
    etcd: etcd.address,
    async stop() {
      await stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** Whatever is named `….cluster.test.ts`, and the contract of the Cluster port; or, where files are named, these alone. */
function runSuites(more: NodeJS.ProcessEnv): Promise<number> {
  const given = process.argv.slice(2)
  const isFileNamed = given[0] !== undefined && !given[0].startsWith('-')
  const words = ['run', ...(isFileNamed ? [] : ['cluster.test']), ...given]
  return new Promise((resolve, reject) => {
    const child = spawn('vitest', words, { stdio: 'inherit', env: { ...process.env, ...more } })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
