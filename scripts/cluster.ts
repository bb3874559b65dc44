// A real Kubernetes control plane on this machine: npm run cluster -- --help
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { formatProblem } from '../src/cli/format-problem.ts'
import { cacheFolder } from '../src/main/control-plane/build-binaries.ts'
import { findBinaries } from '../src/main/control-plane/find-binaries.ts'
import { processesIn } from '../src/main/control-plane/given-api-server.ts'
import { startControlPlane } from '../src/main/control-plane/start-control-plane.ts'
import { companions, type Companion } from '../src/main/control-plane/start-controllers.ts'
import { tellBuild } from '../src/main/control-plane/tell-build.ts'

const help = `npm run cluster -- [--port NUMBER] [--without NAMES] [--folder DIR] [--json] | --stop

Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok (which plays the nodes) on loopback,
and prints where the kubeconfig is. They go on until --stop. The first time they are built from Go modules: that
needs Go 1.26 and eight minutes on two cores.

  --port NUMBER    of the API server; etcd takes the next two; default: free ones
  --without NAMES  ${companions.join(', ')}: those not to start, by commas
  --folder DIR     where it keeps its files; another folder is another cluster; default: ~/.cache/drawbridge/cluster
  --json           prints {"kubeconfig", "url", "folder"} in place of sentences
  --stop           ends what was started in the folder, and takes its files away

KUBEBUILDER_ASSETS: a folder with etcd and kube-apiserver (and the others) in place of building them.
KUBECONFIG: with what it prints, \`npm run test:cluster\` uses this cluster in place of starting one.
`

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    without: { type: 'string', default: '' },
    folder: { type: 'string', default: join(cacheFolder(process.env), '..', 'cluster') },
    json: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

values.folder = resolve(values.folder)
process.exitCode = await run()

async function run(): Promise<number> {
  if (values.help) return say(help)
  if (values.stop) return say(`${stop(values.folder)}\n`)
  const without = values.without.split(',').filter((name) => name !== '')
  const unknown = without.find((name) => !companions.includes(name as Companion))
  if (unknown !== undefined) return fail(`--without: "${unknown}" is none of ${companions.join(', ')}`)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(port > 0 && port < 65_534)) return fail('--port: give a number below 65534')
  const kubeconfig = join(values.folder, 'kubeconfig')
  if (processesIn(values.folder).length > 0) return tell(kubeconfig, 'It runs already.')
  rmSync(values.folder, { recursive: true, force: true })
  const found = await findBinaries(process.env, tellBuild(process.stderr))
  if ('problem' in found) return fail(formatProblem(found.problem))
  const { folder } = values
  const options = { binaries: found.binaries, folder, without: without as Companion[], port, isLasting: true }
  await startControlPlane(options)
  return tell(kubeconfig, 'Kubernetes runs.')
}

function tell(kubeconfig: string, sentence: string): number {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: { cluster: { server: string } }[]
  }
  const url = config.clusters[0]!.cluster.server
  if (values.json) return say(`${JSON.stringify({ kubeconfig, url, folder: values.folder })}\n`)
  const again = values.folder.endsWith('/drawbridge/cluster') ? '' : ` --folder ${values.folder}`
  return say(
    `${sentence} ${url}\n\nexport KUBECONFIG=${kubeconfig}\n\nIt goes on until: npm run cluster -- --stop${again}\n`,
  )
}

function stop(folder: string): string {
  const running = processesIn(folder)
  for (const pid of running) process.kill(pid, 'SIGKILL')
  if (existsSync(join(folder, 'etcd.pid'))) rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  return running.length > 0 ? `Stopped ${running.length} processes.` : 'Nothing runs there.'
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`)
  return 1
}
