import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leaseId } from '../../src/features/agents/plan-lease.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import { fenceCluster } from '../../src/reconciler/fence-cluster.ts'
import { createLeaseHold, type LeaseHold } from '../../src/reconciler/hold-lease.ts'
import { type RunningCluster, silentLog, startCluster } from '../emulator/cluster/start-cluster.ts'
import { aConfigMap } from '../journeys/reconcile-target-doubles.ts'

const place = { environment: 'prod', cluster: 'dev' }
let running: RunningCluster
let stop: AbortController

beforeEach(async () => {
  running = await startCluster()
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await running.stop()
})

const hold = (holder: string, cluster: Cluster = running.cluster): LeaseHold =>
  createLeaseHold({ cluster, place, holder, clock: running.clock, log: silentLog })
const held = () =>
  (running.emulator.get(leaseId(place))?.['spec'] as { holderIdentity: string; leaseTransitions: number }) ??
  {}
/** Lets time pass in steps that leave requests their turns. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await running.clock.advance(1_000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a lease', () => {
  it('is held by one of several who ask at once', async () => {
    const terms = await Promise.all(
      ['a', 'b', 'c'].map((name) => hold(name).begin(stop.signal, { mayWait: false })),
    )
    expect(terms.filter((term) => term?.mayWrite())).toHaveLength(1)
    expect(held().holderIdentity).toMatch(/^[abc]$/)
  })

  it('is kept as long as its holder lives, and others wait', async () => {
    const first = await hold('a').begin(stop.signal)
    await pass(60)
    expect(first?.mayWrite()).toBe(true)
    expect(await hold('b').begin(stop.signal, { mayWait: false })).toBeUndefined()
    expect(held().holderIdentity).toBe('a')
  })

  it('goes over at once where it is given back', async () => {
    const first = hold('a')
    const end = new AbortController()
    await first.begin(AbortSignal.any([stop.signal, end.signal]))
    end.abort()
    await first.release()
    expect(await hold('b').begin(stop.signal, { mayWait: false })).toBeDefined()
    expect(held()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 2 })
  })

  it('counts from when a sign of life was sent, however late its answer comes', async () => {
    const sent: number[] = []
    const slow: Cluster = {
      ...running.cluster,
      async apply(object, options) {
        if (options.resourceVersion === undefined) return running.cluster.apply(object, options)
        sent.push(running.clock.now())
        await (sent.length === 1 ? running.clock.sleep(15_000) : new Promise(() => undefined))
        return running.cluster.apply(object, options)
      },
    }
    const holding = hold('a', slow)
    const beginning = holding.begin(stop.signal)
    await expect.poll(() => sent.length).toBe(1)
    await running.clock.advance(15_000)
    const term = await beginning
    const begun = sent[0] ?? 0
    await running.clock.advanceTo(begun + 19_000)
    expect(term?.mayWrite()).toBe(true)
    await running.clock.advanceTo(begun + 20_000)
    expect(term?.mayWrite()).toBe(false)
  })

  it('of who fell silent goes over after its length, and the former holder does not write any more', async () => {
    let isCut = false
    const cut: Cluster = {
      ...running.cluster,
      get: (id) => (isCut ? new Promise(() => undefined) : running.cluster.get(id)),
      apply: (object, options) =>
        isCut ? new Promise(() => undefined) : running.cluster.apply(object, options),
    }
    const first = await hold('a', cut).begin(stop.signal)
    isCut = true
    const second = hold('b').begin(stop.signal)
    await pass(19)
    expect(first?.mayWrite()).toBe(true)
    await pass(2)
    expect(first?.mayWrite()).toBe(false)
    expect(held().holderIdentity).toBe('a')
    await pass(20)
    expect((await second)?.mayWrite()).toBe(true)
    expect(held().holderIdentity).toBe('b')
  })

  it('that another took over ends the term as soon as that is seen', async () => {
    const term = await hold('a').begin(stop.signal)
    running.emulator.edit(leaseId(place), { spec: { holderIdentity: 'thief' } })
    await pass(11)
    expect(term?.mayWrite()).toBe(false)
    expect(term?.signal.aborted).toBe(true)
  })

  /**
   * | what happens to the machine        | our own time | its clock | may write |
   * | ---------------------------------- | ------------ | --------- | ----------------- |
   * | its clock is set back by two hours | goes on      | − 2 h     | yes       |
   * | it sleeps for a minute             | stands still | + 60 s    | not until it has renewed |
   */
  it.each`
    case               | stepMs            | isOurs
    ${'was set back'}  | ${-2 * 3_600_000} | ${true}
    ${'went on alone'} | ${60_000}         | ${false}
  `('whose machine’s clock $case: may be written by: $isOurs', async ({ stepMs, isOurs }) => {
    let step = 0
    const { cluster, clock } = running
    const wall = { now: () => clock.now() + step }
    const one = createLeaseHold({ cluster, place, holder: 'a', clock, wall, log: silentLog })
    const term = await one.begin(stop.signal)
    step = stepMs
    expect(term?.mayWrite()).toBe(isOurs)
    const other = await hold('b').begin(stop.signal, { mayWait: false })
    expect(other).toBeUndefined()
    await pass(25)
    expect(term?.mayWrite(), 'renewed, as nobody else has taken it').toBe(true)
  })

  it('set back does not let it be held beyond its length, by whom it cannot be renewed', async () => {
    let isCut = false
    let step = 0
    const { clock } = running
    const apply: Cluster['apply'] = (object, options) =>
      isCut ? new Promise(() => undefined) : running.cluster.apply(object, options)
    const cluster = { ...running.cluster, apply }
    const wall = { now: () => clock.now() + step }
    const one = createLeaseHold({ cluster, place, holder: 'a', clock, wall, log: silentLog })
    const term = await one.begin(stop.signal)
    isCut = true
    step = -2 * 3_600_000
    await pass(21)
    expect(term?.mayWrite()).toBe(false)
  })

  it('is one for each slice', async () => {
    const slices = [1, 2].map((index) =>
      createLeaseHold({
        cluster: running.cluster,
        place: { ...place, slice: { index, of: 2 } },
        holder: `agent-${index}`,
        clock: running.clock,
        log: silentLog,
      }).begin(stop.signal, { mayWait: false }),
    )
    expect((await Promise.all(slices)).every((term) => term?.mayWrite())).toBe(true)
  })
})

describe('a fence', () => {
  it('lets reads and dry runs through, and writes only while it is open', async () => {
    let isOpen = true
    const cluster = fenceCluster(running.cluster, () => isOpen)
    const object = { ...aConfigMap('x'), metadata: { name: 'x', namespace: 'default' } }
    const options = { fieldManager: 'test', force: false }
    await expect(cluster.apply(object, options)).resolves.toMatchObject({ kind: 'applied' })
    isOpen = false
    await expect(cluster.apply(object, options)).rejects.toMatchObject({
      system: 'kubernetes',
      retryable: true,
    })
    await expect(cluster.apply(object, { ...options, dryRun: true })).resolves.toMatchObject({
      kind: 'applied',
    })
    const id = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'x' }
    await expect(cluster.delete(id, 'uid')).rejects.toThrow('lease')
    const patch = [{ op: 'replace' as const, path: '/metadata/managedFields', value: [{}] }]
    await expect(cluster.patch(id, patch, { fieldManager: 'test' })).rejects.toThrow('lease')
    await expect(cluster.get(id)).resolves.toBeDefined()
  })
})
