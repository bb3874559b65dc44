import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Problem } from '../../domain/problem.ts'
import { packageFolder } from '../assets.ts'
import { explainBuildFailure, goMissing, goTooOld, modulesMissing } from './explain-build-failure.ts'

/** Hears what is being built, and how many packages are done. */
export type OnProgress = (what: string, packages: number) => void

const modules = join(packageFolder, 'control-plane')

/** Where the version of the server is set: else it calls itself `v0.0.0-master+$Format`, which kubectl and helm refuse. */
const versionPackage = 'k8s.io/component-base/version'

/** kwok's stages, beside the programs. */
export const stagesFile = 'kwok-stages.yaml'

const kubernetesCommands = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** Nodes and pods that become ready at once, volumes that bind. */
const stageFolders = ['node/fast', 'node/heartbeat', 'pod/fast', 'volume/fast']

/**
 * The folder of the programs, built from Go modules once for each version of them and of Go.
 * Whoever is second while another builds builds too, and finds the same in place.
 */
export async function buildBinaries(
  environment: NodeJS.ProcessEnv,
  onProgress: OnProgress,
): Promise<{ folder: string } | { problem: Problem }> {
  const module = await readFile(join(modules, 'kubernetes', 'go.mod'), 'utf8').catch(() => undefined)
  if (module === undefined) return { problem: modulesMissing(modules) }
  const go = createGo(environment)
  const version = await go(['env', 'GOVERSION'], '.').catch(() => undefined)
  if (version?.exitCode !== 0) return { problem: goMissing }
  const goVersion = version.stdout.trim()
  const needed = /^go (\S+)$/m.exec(module)?.[1] ?? ''
  if (isOlder(goVersion.replace(/^go/, ''), needed)) return { problem: goTooOld(goVersion, needed) }

  const cache = join(cacheFolder(environment), hashOfModules(goVersion))
  if (await exists(cache)) return { folder: cache }
  await mkdir(cacheFolder(environment), { recursive: true })
  const fresh = await mkdtemp(`${cache}.`)
  try {
    const failure = await build(go, fresh, module, onProgress)
    if (failure !== undefined) return { problem: explainBuildFailure(failure) }
    await rename(fresh, cache).catch(async (error: unknown) => {
      if (!(await exists(cache))) throw error
    })
    return { folder: cache }
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** What Go says where it fails. */
async function build(
  go: Go,
  folder: string,
  module: string,
  onProgress: OnProgress,
): Promise<string | undefined> {
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(module)?.[1] ?? ''
  const [major = '', minor = ''] = version.slice(1).split('.')
  const names = Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor })
  const flags = ['-s -w', ...names.map(([name, value]) => `-X ${versionPackage}.${name}=${value}`)].join(' ')
  const steps: [what: string, module: string, flags: string, packages: string[]][] = [
    ['etcd', 'etcd', '-s -w', ['.']],
    [
      `Kubernetes ${version}`,
      'kubernetes',
      flags,
      kubernetesCommands.map((name) => `k8s.io/kubernetes/cmd/${name}`),
    ],
    ['kwok', 'kwok', '-s -w', ['sigs.k8s.io/kwok/cmd/kwok']],
  ]
  for (const [what, module, ldflags, packages] of steps) {
    let done = 0
    onProgress(what, done)
    const onLine = () => onProgress(what, (done += 1))
    const outcome = await go(
      ['build', '-v', '-ldflags', ldflags, '-o', `${folder}/`, ...packages],
      module,
      onLine,
    )
    if (outcome.exitCode !== 0) return outcome.stderr
  }
  return writeStages(go, folder)
}

async function writeStages(go: Go, folder: string): Promise<string | undefined> {
  const found = await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], 'kwok')
  if (found.exitCode !== 0) return found.stderr
  const stages = stageFolders.flatMap((name) => {
    const place = join(found.stdout.trim(), 'kustomize', 'stage', name)
    const files = readdirSync(place).filter((file) => file.endsWith('.yaml') && !file.startsWith('kustomiz'))
    return files.toSorted().map((file) => readFileSync(join(place, file), 'utf8'))
  })
  await writeFile(join(folder, stagesFile), stages.map((stage) => `---\n${stage}`).join(''))
  return undefined
}

interface Outcome {
  exitCode: number
  stdout: string
  stderr: string
}

type Go = (words: string[], module: string, onLine?: () => void) => Promise<Outcome>

/** Runs Go in one of the modules. It never fetches another Go by itself: a clear word is quicker than a download. */
function createGo(environment: NodeJS.ProcessEnv): Go {
  const env = {
    ...environment,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
  }
  return (words, module, onLine) =>
    new Promise((resolve, reject) => {
      const child = spawn('go', words, { cwd: join(modules, module), env, stdio: ['ignore', 'pipe', 'pipe'] })
      const outcome = { stdout: '', stderr: '' }
      child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        outcome.stderr = (outcome.stderr + text).slice(-20_000)
        for (const _ of text.matchAll(/\n/g)) onLine?.()
      })
      child.once('error', reject)
      child.once('close', (code) => resolve({ exitCode: code ?? 1, ...outcome }))
    })
}

export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const cache = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache')
  return join(cache, 'drawbridge', 'control-plane')
}

function hashOfModules(goVersion: string): string {
  const hash = createHash('sha256').update(`${goVersion} ${process.platform} ${process.arch}`)
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => /\.(go|mod|sum)$/.test(name)).toSorted())
    hash.update(file).update(readFileSync(join(modules, file)))
  return hash.digest('hex').slice(0, 16)
}

/** `1.25.3` before `1.26.0`; what follows the numbers (`rc1`) does not count. */
function isOlder(version: string, needed: string): boolean {
  const numbers = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0)
  const [have, want] = [numbers(version), numbers(needed)]
  const place = want.findIndex((number, index) => number !== (have[index] ?? 0))
  return place >= 0 && (have[place] ?? 0) < want[place]!
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
