import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findBrowser, takePictures } from './take-pictures.ts'

const usage = `Takes the pictures of the README from a running demo.

  1. DRAWBRIDGE_DEMO_ADDRESSES=addresses.json npm run demo
  2. npm run screenshots -- --addresses addresses.json

--addresses FILE      JSON as the demo writes it: { "comment": url, "checks": url, "rollout": url, "board": url }
--url-comment URL     one address by hand; likewise --url-checks, --url-rollout, --url-board
--folder FOLDER       where to put them; docs/pictures when absent
CHROMIUM              the browser, by environment; /usr/bin/chromium when absent
`

const names = ['comment', 'checks', 'rollout', 'board'] as const

const { values } = parseArgs({
  options: {
    addresses: { type: 'string' },
    'url-comment': { type: 'string' },
    'url-checks': { type: 'string' },
    'url-rollout': { type: 'string' },
    'url-board': { type: 'string' },
    folder: { type: 'string', default: fileURLToPath(new URL('../docs/pictures', import.meta.url)) },
    help: { type: 'boolean' },
  },
})

const written: Partial<Record<string, string>> =
  values.addresses === undefined ? {} : JSON.parse(readFileSync(values.addresses, 'utf8'))
const pictures = names.flatMap((name) => {
  const url = values[`url-${name}`] ?? written[name]
  return url === undefined ? [] : [{ name, url }]
})

if (values.help || pictures.length === 0) {
  process.stdout.write(usage)
  process.exitCode = values.help ? 0 : 64
} else {
  mkdirSync(values.folder, { recursive: true })
  const taken = await takePictures(findBrowser(process.env.CHROMIUM), pictures, values.folder)
  for (const { file, bytes } of taken) process.stdout.write(`${file}  ${Math.ceil(bytes / 1000)} kB\n`)
}
