import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBrowser, takePictures } from '../../scripts/take-pictures.ts'

const browser = process.env.CHROMIUM ?? '/usr/bin/chromium'

describe('findBrowser', () => {
  it('says how to get one where there is none', () => {
    expect(() => findBrowser('/nowhere/chrome')).toThrow(
      /\/nowhere\/chrome is not there.*apt-get install chromium/,
    )
  })
})

describe.skipIf(!existsSync(browser))('takePictures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  let server: Server
  let url = ''

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url !== '/') response.statusCode = 404
      response.setHeader('Content-Type', 'text/html')
      response.end(
        `<body style="margin: 0"><p>above</p><main style="width: 1200px; height: 400px">board</main></body>`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true })
  })

  it('shows the element, small enough for a page of documentation', async () => {
    const [taken] = await takePictures(browser, [{ name: 'board', url }], folder)
    expect(taken?.bytes).toBeLessThan(150_000)
    const png = readFileSync(join(folder, 'board.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([900, 400])
  })

  it('takes no picture of an error', async () => {
    await expect(takePictures(browser, [{ name: 'board', url: `${url}/gone` }], folder)).rejects.toThrow(
      'answers 404',
    )
  })
})
