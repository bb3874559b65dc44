import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCluster } from '../../../src/adapters/kubernetes/create-cluster.ts'
import { packageFolder } from '../../../src/main/assets.ts'
import { givenApiServer } from '../../../src/main/control-plane/given-api-server.ts'
import { describeWithControlPlane } from '../../control-plane/real-cluster.ts'
import { machineClock, seededRandom, silentLog } from '../../emulator/cluster/start-cluster.ts'

const run = promisify(execFile)

describeWithControlPlane('`npm run cluster` with KUBEBUILDER_ASSETS, as envtest lays it out', () => {
  let assets: string
  let folder: string
  const cluster = async (...words: string[]) => {
    // From where the package is, as a user may write it.
    const env = { ...process.env, KUBEBUILDER_ASSETS: relative(packageFolder, assets) }
    const { stdout } = await run(
      process.execPath,
      ['scripts/cluster.ts', '--folder', relative(packageFolder, folder), ...words],
      { cwd: packageFolder, env },
    )
    return stdout
  }

  beforeAll(async () => {
    assets = await mkdtemp(join(tmpdir(), 'drawbridge-assets-'))
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-given-'))
    const programs = process.env['KUBEBUILDER_ASSETS'] ?? ''
    for (const name of ['etcd', 'kube-apiserver']) await symlink(join(programs, name), join(assets, name))
  })
  afterAll(async () => {
    await cluster('--stop')
    for (const each of [assets, folder]) await rm(each, { recursive: true, force: true })
  })

  it('starts, is used by the suites where KUBECONFIG names it, and no more once it was stopped', async () => {
    const { kubeconfig } = JSON.parse(await cluster('--json')) as { kubeconfig: string }
    const opened = createCluster({
      name: 'given',
      kubeconfig: await readFile(kubeconfig, 'utf8'),
      clock: machineClock,
      random: seededRandom(),
      log: silentLog,
    })
    expect(await opened.identity()).toMatch(/^[0-9a-f-]{36}$/)
    await opened.close()

    const given = await givenApiServer({ KUBECONFIG: kubeconfig })
    expect(given?.kubeconfig).toBe(kubeconfig)
    expect((await fetch(`${given?.etcd}/health`)).status).toBe(200)
    expect(await cluster()).toContain(`It runs already. https://127.0.0.1:`)

    expect(await cluster('--stop')).toContain('Stopped 2 processes.')
    expect(await givenApiServer({ KUBECONFIG: kubeconfig })).toBeUndefined()
  })
})
