import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import type { WorkTree } from './git-folder.ts'

/** The binaries that are asked. */
export interface Tools {
  kubectl: string
  helm: string
}

/** The streams that a tool printed, and why it stopped where it did. */
export interface Printed {
  streams: string[]
  failure?: string
}

/** Neither git nor a network: a tool that wants to fetch fails here as it does in a sandbox. */
const deadProxy = 'http://127.0.0.1:9'
const environment = {
  PATH: '/nonexistent',
  HOME: tmpdir(),
  HTTP_PROXY: deadProxy,
  HTTPS_PROXY: deadProxy,
  GOMAXPROCS: '1',
}

/** What the official tool prints for a source of a work tree, asked as a person would ask it. */
export function print(source: RenderSource, tree: WorkTree, tools: Tools): Promise<Printed> {
  const at = (path: string) => join(tree.folder, path)
  if (source.renderer === 'kustomize') return run(tools.kubectl, ['kustomize', at(source.path)])
  if (source.renderer === 'helm') return printChart(source, tree, tools)
  return printFiles(source.files.map(at))
}

/** Plain files are what they are; kubectl reads each, see `readObjects`. */
async function printFiles(files: readonly string[]): Promise<Printed> {
  const missing = files.filter((file) => !existsSync(file))
  if (missing.length > 0) return { streams: [], failure: `not in this clone: ${missing.join(', ')}` }
  return { streams: await Promise.all(files.map((file) => readFile(file, 'utf8'))) }
}

async function printChart(source: RenderSource, tree: WorkTree, tools: Tools): Promise<Printed> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-chart-'))
  try {
    const chart = await withLocalDependencies(source.path, tree, folder, tools)
    const inline = join(folder, 'values.json')
    await writeFile(inline, JSON.stringify(source.values ?? {}))
    return await run(tools.helm, [
      'template',
      releaseName(source),
      chart,
      '--include-crds',
      '--skip-tests',
      '--namespace',
      source.namespace ?? 'default',
      '--kube-version',
      '1.36.0',
      ...source.valueFiles.flatMap((file) => ['--values', join(tree.folder, file)]),
      '--values',
      inline,
    ])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Helm fetches dependencies by `file://` itself; it does so in a copy, because it writes beside the chart. */
async function withLocalDependencies(
  path: string,
  tree: WorkTree,
  folder: string,
  tools: Tools,
): Promise<string> {
  const chart = await readFile(join(tree.folder, path, 'Chart.yaml'), 'utf8').catch(() => '')
  if (!chart.includes('file://')) return join(tree.folder, path)
  await cp(tree.folder, join(folder, 'tree'), { recursive: true, verbatimSymlinks: true })
  const copy = join(folder, 'tree', path)
  await run(tools.helm, ['dependency', 'update', '--skip-refresh', copy])
  return copy
}

function releaseName({ releaseName, application }: RenderSource): string {
  const name = (releaseName ?? application).toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')
  return name.slice(0, 53).replaceAll(/^[-.]+|[-.]+$/g, '') || 'release'
}

/** An object as kubectl read it. */
export interface ToolObject {
  apiVersion: string
  kind: string
  metadata: { name?: string; namespace?: string; [field: string]: unknown }
  [field: string]: unknown
}

/** The objects of a stream of YAML as kubectl itself reads them: a patch that changes nothing, never sent anywhere. */
export async function readObjects(text: string, tools: Tools): Promise<ToolObject[]> {
  const patch = ['patch', '--local', '--type=merge', '--patch={}', '--output=json', '--filename=-']
  const { streams } = await run(tools.kubectl, patch, text)
  return streams.flatMap(objectsIn)
}

/** kubectl prints objects one after another, each from a line `{` to a line `}`. */
function objectsIn(text: string): ToolObject[] {
  return text
    .split(/^(?=\{$)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as ToolObject)
}

function run(file: string, arguments_: readonly string[], stdin = ''): Promise<Printed> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      arguments_,
      { env: environment, maxBuffer: 1024 ** 3 },
      (error, stdout, stderr) =>
        resolve({ streams: [stdout], ...(error && { failure: stderr.trim() || error.message }) }),
    )
    // A tool that gives up before it has read everything breaks the pipe; its own words say why.
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
  })
}
