#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isNewEnough = major > 22 || (major === 22 && minor >= 22)
const newer = [new URL('node_modules/', root), new URL('../', root)]
  .map((folder) => fileURLToPath(new URL(`node-${process.platform}-${process.arch}/bin/node`, folder)))
  .find((path) => existsSync(path))

if (isNewEnough) {
  const source = new URL('src/main/cli.ts', root)
  await import(existsSync(source) ? source.href : new URL('dist/main/cli.js', root).href)
} else if (newer !== undefined) {
  const child = spawn(newer, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  process.on('SIGINT', () => {}) // a terminal sends it to the child as well
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => (process.exitCode = code ?? 70))
} else {
  console.error(`drawbridge needs Node 22.22 or newer; this is ${process.versions.node}`)
  process.exitCode = 69
}
