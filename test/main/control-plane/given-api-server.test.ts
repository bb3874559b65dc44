import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { givenApiServer } from '../../../src/main/control-plane/given-api-server.ts'

let folder: string
let kubeconfig: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-given-'))
  kubeconfig = join(folder, 'kubeconfig')
  await writeFile(join(folder, 'etcd.address'), 'http://127.0.0.1:1')
  // Some process of that number is there; it is not etcd.
  await writeFile(join(folder, 'etcd.pid'), `${process.pid}\n`)
})
afterAll(() => rm(folder, { recursive: true }))

// The suites write to what they are given.
it('takes no API server that may matter for one to write to', async () => {
  for (const KUBECONFIG of ['/etc/production', kubeconfig, '', undefined])
    expect(await givenApiServer({ KUBECONFIG })).toBeUndefined()
})

it('takes the one that is meant, whichever it is', async () => {
  const environment = { KUBECONFIG: kubeconfig, KUBECONFIG_TEST: '/home/ada/scratch', ETCD_TEST: 'http://e' }
  expect(await givenApiServer(environment)).toEqual({ kubeconfig: '/home/ada/scratch', etcd: 'http://e' })
})
