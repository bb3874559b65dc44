// Runs the suites that ask a real API server, on one that it starts: npm run test:cluster [-- PATH… arguments of vitest]
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatProblem } from '../src/cli/format-problem.ts'
import { findBinaries } from '../src/main/control-plane/find-binaries.ts'
import { startControlPlane } from '../src/main/control-plane/start-control-plane.ts'
import { tellBuild } from '../src/main/control-plane/tell-build.ts'

const started = performance.now()
const found = await findBinaries(process.env, tellBuild(process.stderr))
if ('problem' in found) {
  const because = formatProblem(found.problem)
  process.stderr.write(`${because}\n`)
  process.exitCode = await runSuites({ CLUSTER_TESTS_ABSENT: because })
} else {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-cluster-'))
  const { binaries } = found
  const plane = process.env.KUBECONFIG_TEST ? undefined : await startControlPlane({ binaries, folder })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(`The control plane is up after ${seconds} s.\n`)
  try {
    process.exitCode = await runSuites({
      KUBECONFIG_TEST: process.env.KUBECONFIG_TEST ?? plane?.clusters[0]?.apiServer.kubeconfigFile,
      ETCD_TEST: process.env.ETCD_TEST ?? plane?.etcd.address,
      KUBEBUILDER_ASSETS: binaries.folder,
    })
  } finally {
    await plane?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
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
