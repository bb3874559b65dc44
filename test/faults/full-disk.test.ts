import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { openWorld } from '../../src/main/demo/open-demo.ts'
import type { ProcessOrder } from '../crash/drawbridge-process.ts'
import { runs, smallShop, until } from '../crash/small-shop.ts'
import { hasSmallDisks, startOnSmallDisk, whereThere } from './small-disk.ts'

/** The world's time against the machine's. */
const rate = 60
const diskBytes = 24 * 1024 * 1024

it.runIf(hasSmallDisks)(
  `an app whose disk is full says so, and loses nothing of what happens meanwhile${whereThere}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-full-'))
    const files = await smallShop()
    const world = await openWorld({ folder, rate, files })
    const { kubeconfigs, ...settings } = world.settings
    const order: ProcessOrder = {
      settings: { ...settings, logLevel: 'warn' },
      kubeconfigs: [...kubeconfigs],
      epoch: world.clock.now(),
      realEpoch: systemClock.now(),
      rate,
    }
    const file = join(folder, 'order.json')
    await writeFile(file, JSON.stringify(order))
    await mkdir(settings.dataFolder, { recursive: true })
    const script = fileURLToPath(new URL('../crash/drawbridge-process.ts', import.meta.url))
    const app = startOnSmallDisk(script, [file], settings.dataFolder, diskBytes)
    const output: string[] = []
    for (const stream of [app.child.stdout, app.child.stderr])
      stream?.on('data', (chunk) => output.push(String(chunk)))
    try {
      await until(() => runs(world, 'staging', '2.30.1'))
      await app.fill()
      const ada = world.shop.github.as('ada')
      const { repository } = world.shop
      const path = 'apps/catalog/overlays/dev/kustomization.yaml'
      const text = (files[path] ?? '').replace('2.30.1', '2.31.0')
      await ada.push(repository, 'catalog-2.31.0', { [path]: text }, 'Catalog 2.31.0')
      const pull = await ada.openPull({ repository, head: 'catalog-2.31.0', title: 'Catalog 2.31.0' })
      await until(() => /no space is left on the disk of the database/i.test(output.join('')))
      expect(app.child.exitCode).toBeNull()
      await app.free()
      await until(async () => {
        await ada.merge(pull, 'squash')
        return true
      })
      await until(() => runs(world, 'staging', '2.31.0'))
      expect(app.child.exitCode).toBeNull()
    } finally {
      await app.stop()
      await world.close()
      await rm(folder, { recursive: true, force: true })
    }
  },
  240_000,
)
