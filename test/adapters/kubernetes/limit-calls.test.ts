import { describe, expect, it } from 'vitest'
import {
  adaptLimit,
  type AdaptiveLimit,
  type CallSample,
  firstLimit,
} from '../../../src/adapters/kubernetes/adaptive-limit.ts'
import { limitCalls } from '../../../src/adapters/kubernetes/limit-calls.ts'

describe('how many calls at once', () => {
  const limit: AdaptiveLimit = { calls: 10, usualMs: 20, settling: 0 }
  it.each`
    case                         | status | milliseconds | calls
    ${'a good answer'}           | ${200} | ${20}        | ${10.1}
    ${'a refusal of the object'} | ${422} | ${20}        | ${10.1}
    ${'too many requests'}       | ${429} | ${20}        | ${5}
    ${'the server is not able'}  | ${503} | ${20}        | ${5}
    ${'slow, but not yet slow'}  | ${200} | ${250}       | ${10.1}
    ${'a queue in the server'}   | ${200} | ${251}       | ${9}
  `('$case → $calls', ({ status, milliseconds, calls }) => {
    expect(adaptLimit(limit, { status, milliseconds }).calls).toBeCloseTo(calls)
  })

  it('is cut once for all calls that were under way', () => {
    const many: CallSample[] = Array.from({ length: 10 }, () => ({ status: 429, milliseconds: 5 }))
    expect(many.reduce(adaptLimit, limit).calls).toBe(5)
    expect([...many, { status: 429, milliseconds: 5 }].reduce(adaptLimit, limit).calls).toBe(2.5)
  })

  it('stays within its bounds', () => {
    const after = (sample: CallSample) =>
      Array.from({ length: 5000 }, () => sample).reduce(adaptLimit, firstLimit)
    expect(after({ status: 429, milliseconds: 5 }).calls).toBe(2)
    expect(after({ status: 200, milliseconds: 5 }).calls).toBe(32)
  })
})

describe('calls to one API server', () => {
  /** Calls that end when they are told to. */
  function calls() {
    const limiter = limitCalls({ now: () => 0 })
    const running: string[] = []
    const ends: (() => void)[] = []
    const call = (path: string, method = 'PATCH', status = 200) =>
      limiter.run({ method, path }, async () => {
        running.push(path)
        await new Promise<void>((resolve) => ends.push(resolve))
        return { reply: { status } }
      })
    return { call, running, ends }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('are sixteen at once, and the next begins when one ends', async () => {
    const { call, running, ends } = calls()
    for (let index = 0; index < 20; index += 1) void call('/api/v1/namespaces/shop/configmaps/x')
    await settled()
    expect(running).toHaveLength(16)
    ends[0]!()
    await settled()
    expect(running).toHaveLength(17)
  })

  it('let others pass where a lane is full', async () => {
    const { call, running, ends } = calls()
    const service = '/api/v1/namespaces/shop/services/x?force=false'
    for (let index = 0; index < 4; index += 1) void call(service)
    void call('/api/v1/namespaces/shop/configmaps/x')
    void call('/api/v1/namespaces/shop/services/y', 'GET')
    await settled()
    expect(running.filter((path) => path === service)).toHaveLength(2)
    expect(running).toHaveLength(4)
    ends[0]!()
    await settled()
    expect(running.filter((path) => path === service)).toHaveLength(3)
  })

  it('give their place back when they fail', async () => {
    const limiter = limitCalls({ now: () => 0 })
    const fail = () =>
      limiter.run({ method: 'GET', path: '/' }, async (): Promise<{ reply: { status: number } }> => {
        throw new Error('connection reset')
      })
    for (let index = 0; index < 40; index += 1) await expect(fail()).rejects.toThrow('connection reset')
  })
})
