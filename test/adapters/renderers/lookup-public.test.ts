import { expect, it } from 'vitest'
import { lookupPublic } from '../../../src/adapters/renderers/lookup-public.ts'

interface Answered {
  fault?: string
  address: unknown
}

/** What a connection is told of a name, where each question is answered by the next of these. */
function connectionTo(...answers: (string[] | Error)[]) {
  let asked = 0
  const lookup = lookupPublic((_, { all }, done) => {
    expect(all).toBe(true)
    const answer = answers[asked++] ?? []
    if (answer instanceof Error) return done(answer, [])
    done(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  })
  const resolve = (all: boolean) =>
    new Promise<Answered>((done) =>
      lookup('charts.example', { all }, (error, address) => {
        const fault = error?.code
        done({ address, ...(fault && { fault }) })
      }),
    )
  return { resolve, asked: () => asked }
}

/**
 * | the name's addresses        | the connection              |
 * | --------------------------- | --------------------------- |
 * | all outside                 | goes to one of just these   |
 * | one inside, wherever        | is not made                 |
 * | the name is not known       | is not made                 |
 * | another one a moment later  | went to the one that was looked at; the next is looked at again |
 */
it.each([
  ['outside', ['140.82.121.4'], undefined],
  ['several outside', ['140.82.121.4', '2606:4700::1111'], undefined],
  ['loopback', ['127.0.0.1'], 'EPRIVATE'],
  ['loopback in IPv6', ['::1'], 'EPRIVATE'],
  ['the metadata service', ['169.254.169.254'], 'EPRIVATE'],
  ['inside, written as IPv6', ['::ffff:10.0.0.1'], 'EPRIVATE'],
  ['this host', ['0.0.0.0'], 'EPRIVATE'],
  ['one inside behind one outside', ['140.82.121.4', '10.0.0.1'], 'EPRIVATE'],
  ['one outside behind one inside', ['fd00::1', '140.82.121.4'], 'EPRIVATE'],
])('X13: a name that is %s', async (_, addresses, fault) => {
  for (const all of [true, false]) {
    const found = await connectionTo(addresses).resolve(all)
    expect(found.fault).toBe(fault)
  }
})

it('X13: a connection goes to the address that was looked at, and a name that moves inside is refused the next time', async () => {
  const { resolve, asked } = connectionTo(['140.82.121.4'], ['127.0.0.1'])
  expect(await resolve(false)).toEqual({ address: '140.82.121.4' })
  expect(asked()).toBe(1)
  expect((await resolve(false)).fault).toBe('EPRIVATE')
})

it('X13: a name that nobody knows is told as that', async () => {
  const unknown = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  expect((await connectionTo(unknown).resolve(false)).fault).toBe('ENOTFOUND')
})
