// Asks the pinned kubectl how it reads each scalar of test/fixtures/kubectl-scalars.json, and writes the answers down.
// A new scalar is added with any answer, then: npm run ask-kubectl
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { rendererPlaces } from '../src/adapters/renderers/renderer-places.ts'
import { findTools } from '../src/adapters/renderers/tools.ts'
import { createChildProcesses } from '../src/adapters/system/system-child-processes.ts'
import { askKubectl } from '../test/features/rendering/ask-kubectl.ts'

const fixture = new URL('../test/fixtures/kubectl-scalars.json', import.meta.url)
const { platform, arch } = process
const places = rendererPlaces(process.env, { platform, arch, temporaryFolder: tmpdir() })
const { kubectl } = await findTools({
  children: createChildProcesses(),
  ...places,
  suffix: String(process.pid),
})
const scalars = Object.keys(JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, string>)
const answers = askKubectl(kubectl, scalars)
writeFileSync(fixture, `${JSON.stringify(answers, undefined, 2)}\n`)
