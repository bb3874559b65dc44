import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Series } from '../../../src/emulator/prometheus/traffic.ts'
import { freePort } from '../../../src/main/free-ports.ts'

/** Whether the machine has one, as of Debian's package `prometheus`. */
export const hasPrometheus =
  spawnSync('prometheus', ['--version']).status === 0 && spawnSync('promtool', ['--version']).status === 0

/** A real Prometheus that has scraped these samples, and nothing else. */
export async function startPrometheus(
  series: readonly Series[],
): Promise<{ url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-prometheus-'))
  const data = path.join(folder, 'data')
  await mkdir(data)
  await writeFile(path.join(folder, 'samples'), toOpenMetrics(series))
  await writeFile(path.join(folder, 'prometheus.yml'), 'scrape_configs: []\n')
  const promtool = ['tsdb', 'create-blocks-from', 'openmetrics', path.join(folder, 'samples'), data]
  await promisify(execFile)('promtool', promtool)
  const port = await freePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${port}`
  await untilReady(url, child)
  return {
    url,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Source: OpenMetrics, "text format": samples of one series together, in order of time, counters end in _total. */
function toOpenMetrics(series: readonly Series[]): string {
  const lines = series.flatMap(({ labels: { __name__: name = '', ...labels }, samples }) => {
    const inner = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    return samples.map(({ at, value }) => `${name}{${inner.join(',')}} ${value} ${at / 1000}`)
  })
  return ['# TYPE http_requests counter', ...lines, '# EOF', ''].join('\n')
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (response?.ok) return
    await sleep(100)
  }
  throw new Error('prometheus ended before it was ready')
}
