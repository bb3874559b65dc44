import { generateKeyPairSync } from 'node:crypto'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findBinaries } from '../src/main/control-plane/find-binaries.ts'
import { type ControlPlane, startControlPlane } from '../src/main/control-plane/start-control-plane.ts'
import { tellBuild } from '../src/main/control-plane/tell-build.ts'
import { createFleet, environment, type Fleet, namespaceNames, repository } from './reconciler/fleet.ts'
import { disturb, together, watchObjects } from './reconciler/disturb.ts'
import { processorMs } from './reconciler/processor-time.ts'
import { bareName, besideBare, describe, medianRows, type Round, type Row, table } from './reconciler/rows.ts'
import { type Agent, type AgentState, compileAgent, startAgent } from './reconciler/start-agent.ts'

/** Between two looks of an agent at git, as long as nobody hints: the product's default. */
const lookSeconds = 30

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      applications: { type: 'string', default: '1000' },
      clusters: { type: 'string', default: '1' },
      /** Without pods nothing becomes ready: the API server has the machine to itself. */
      pods: { type: 'boolean', default: false },
      /** The medians of so many rounds are printed: other work on the machine is hardly ever in all of them. */
      rounds: { type: 'string', default: '1' },
    },
  })
  const applications = Number(values.applications)
  const names = Array.from({ length: Number(values.clusters) }, (_, index) => `cluster-${index}`)
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const without = values.pods ? [] : (['kube-controller-manager', 'kube-scheduler', 'kwok'] as const)
  const begin = async () => {
    const found = await findBinaries(process.env, tellBuild(process.stderr))
    if ('problem' in found) throw new Error(`${found.problem.message}: ${found.problem.fix}`)
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-cluster-'))
    const plane = await startControlPlane({ binaries: found.binaries, folder, clusters: names, without })
    for (const { apiServer } of plane.clusters)
      for (const name of namespaceNames())
        await apiServer.call('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        })
    return { plane, folder }
  }
  const agentFile = await compileAgent()
  const oneRound = () => playRound({ begin, applications, names, key, agentFile, isReady: values.pods })
  const rounds: Round[] = []
  while (rounds.length < Number(values.rounds)) rounds.push(await oneRound())
  process.stdout.write(table(medianRows(rounds), applications * names.length))
  const peaks = rounds.flatMap(({ peaksMiB }) => peaksMiB.map((peak) => `${peak.toFixed(0)} MiB`))
  process.stdout.write(`\npeak memory of an agent: ${peaks.join(', ')}\n`)
}

interface RoundOptions extends Pick<World, 'applications' | 'names' | 'agentFile' | 'isReady'> {
  begin(): Promise<Pick<World, 'plane' | 'folder'>>
  /** PEM of the key that signs what is released. */
  key: string
}

async function playRound({ begin, key, ...options }: RoundOptions): Promise<Round> {
  const { applications, names } = options
  const rows: Row[] = []
  const show = (row: Row) => {
    rows.push(row)
    process.stderr.write(`${describe(row)}\n`)
  }

  for (const records of names.length === 1 ? (['without', 'with'] as const) : []) {
    const { plane, folder } = await begin()
    for (const row of await bareLoop(plane, folder, applications, records)) show(row)
    await plane.stop()
    await rm(folder, { recursive: true, force: true })
  }

  const { plane, folder } = await begin()
  const fleet = await createFleet(applications, names, key)
  const world: World = { plane, folder, fleet, ...options }
  await fleet.release('1.0.0')
  let agents = startAgents(world)
  show(await step(world, agents, 'install', '1.0.0', async () => undefined))
  show(await step(world, agents, 'upgrade of one object each', '2.0.0', () => fleet.release('2.0.0')))
  show(await idle(world, agents, 'no change, for 20 s'))
  show(await drift(world, agents, 50, 'one edit or deletion at a time', false))
  show(await drift(world, agents, Math.min(1000, applications), 'a storm of edits and deletions', true))
  const peaksMiB = await Promise.all(agents.map(async (agent) => (await agent.summary()).peakMiB))
  await Promise.all(agents.map((agent) => agent.stop()))
  agents = startAgents(world)
  show(await step(world, agents, 'restart of the agent', '2.0.0', async () => undefined))
  await Promise.all(agents.map((agent) => agent.stop()))
  await plane.stop()
  await fleet.remove()
  await rm(folder, { recursive: true, force: true })
  return { rows: rows.map((row) => besideBare(row, rows)), peaksMiB }
}

interface World {
  plane: ControlPlane
  folder: string
  fleet: Fleet
  applications: number
  names: string[]
  agentFile: URL
  isReady: boolean
}

function startAgents({ plane, folder, fleet, agentFile }: World): Agent[] {
  return plane.clusters.map(({ name, apiServer }) =>
    startAgent(
      {
        repository,
        environment,
        cluster: name,
        kubeconfig: apiServer.kubeconfig,
        url: fleet.url,
        trustedKey: fleet.trustedKey,
        folder: join(folder, `agent-${name}`),
        intervalMs: lookSeconds * 1000,
      },
      agentFile,
    ),
  )
}

function serverTime({ plane, folder }: Pick<World, 'plane' | 'folder'>): number {
  const places = plane.clusters.map(({ name }) => (plane.clusters.length === 1 ? folder : join(folder, name)))
  return places.reduce((sum, place) => sum + processorMs(place, 'kube-apiserver'), 0)
}

/** `with` records: what nobody can do without who prunes, goes on after a restart and does not patch what is as it should be. */
async function bareLoop(
  plane: ControlPlane,
  folder: string,
  applications: number,
  records: 'with' | 'without',
): Promise<Row[]> {
  const rows: Row[] = []
  const name = records === 'with' ? `${bareName} with records` : bareName
  for (const [step, version, which] of [
    [`${name}: install`, '1.0.0', 'all'],
    [`${name}: upgrade of one object each`, '2.0.0', 'Deployment'],
  ] as const) {
    const before = serverTime({ plane, folder })
    const { kubeconfig } = plane.clusters[0]!.apiServer
    const child = fork(new URL('reconciler/bare-loop.ts', import.meta.url), [
      kubeconfig,
      String(applications),
      version,
      which,
      records,
    ])
    const [told] = (await once(child, 'message')) as [{ seconds: number; cpuMs: number }]
    const requests = {
      PATCH: which === 'all' ? applications * 4 : applications,
      ...(records === 'with' && which === 'all' && { POST: applications }),
      ...(records === 'with' && { PUT: applications }),
    }
    const serverMs = serverTime({ plane, folder }) - before
    rows.push({ step, applied: told.seconds, requests, agentMs: told.cpuMs, serverMs })
  }
  return rows
}

/** Until every target of every cluster has this version applied, and is healthy where pods run. */
async function step(
  world: World,
  agents: Agent[],
  name: string,
  version: string,
  begin: () => Promise<void>,
): Promise<Row> {
  const revision = version.padEnd(40, '0')
  const before = await measure(world, agents)
  await begin()
  const begun = performance.now()
  for (const agent of agents) agent.hint()
  let applied: number | undefined
  for (;;) {
    await sleep(100)
    const states = await Promise.all(agents.map((agent) => agent.state()))
    const count = (what: 'applied' | 'healthy') =>
      states.reduce((sum, { versions }) => sum + (versions[revision]?.[what] ?? 0), 0)
    const seconds = (performance.now() - begun) / 1000
    const all = world.applications * agents.length
    if (count('applied') === all) applied ??= seconds
    const isDone = applied !== undefined && (!world.isReady || count('healthy') === all)
    if (isDone)
      return rowOf(name, before, await measure(world, agents), applied, world.isReady ? seconds : undefined)
    if (seconds > 900)
      throw new Error(
        `${name} did not end: ${JSON.stringify(await Promise.all(agents.map((agent) => agent.summary())))}`,
      )
  }
}

async function idle(world: World, agents: Agent[], name: string): Promise<Row> {
  await sleep(5_000)
  const before = await measure(world, agents)
  await sleep(20_000)
  return rowOf(name, before, await measure(world, agents))
}

/** Edits and deletes Deployments and Services behind the agent's back, and looks until each is as it was. */
async function drift(
  world: World,
  agents: Agent[],
  count: number,
  name: string,
  isStorm: boolean,
): Promise<Row> {
  const { apiServer } = world.plane.clusters[0]!
  const stop = new AbortController()
  const seen = watchObjects(apiServer, stop.signal)
  await sleep(2_000)
  const before = await measure(world, agents)
  const delays: number[] = []
  const one = async (index: number) => delays.push(await disturb(apiServer, seen, index % world.applications))
  if (isStorm) await together(count, one)
  else for (let index = 0; index < count; index += 1) await one(index)
  stop.abort()
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0)} ms`
  const note = `healed after p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)}`
  return { ...rowOf(name, before, await measure(world, agents)), note }
}

interface Measured {
  states: AgentState[]
  agentMs: number
  serverMs: number
}

async function measure(world: World, agents: Agent[]): Promise<Measured> {
  const states = await Promise.all(agents.map((agent) => agent.state()))
  const agentMs = agents.reduce((sum, agent) => sum + agent.processorMs(), 0)
  return { states, agentMs, serverMs: serverTime(world) }
}

function rowOf(step: string, before: Measured, after: Measured, applied?: number, ready?: number): Row {
  const sum = (measured: Measured, verb: string) =>
    measured.states.reduce((total, { requests }) => total + (requests[verb] ?? 0), 0)
  const verbs = [...new Set(after.states.flatMap(({ requests }) => Object.keys(requests)))]
  const differences = verbs.map((verb) => [verb, sum(after, verb) - sum(before, verb)] as const)
  return {
    step,
    ...(applied !== undefined && { applied }),
    ...(ready !== undefined && { ready }),
    requests: Object.fromEntries(differences.filter(([, count]) => count > 0)),
    agentMs: after.agentMs - before.agentMs,
    serverMs: after.serverMs - before.serverMs,
  }
}
