import { createHash } from 'node:crypto'
import type { GitEntry, RepositoryFiles } from '../../../src/domain/repository-files.ts'

/** A revision from path → text; a text of `-> target` is a symbolic link, `@submodule` a submodule. */
export function repositoryOf(texts: Record<string, string>): RepositoryFiles {
  const entries = Object.entries(texts)
    .map(([path, text]): GitEntry => ({
      path,
      mode: modeOf(text),
      id: blobId(text),
      size: Buffer.byteLength(text),
    }))
    .toSorted((left, right) => (left.path < right.path ? -1 : 1))
  return {
    tree: { id: blobId(JSON.stringify(entries)), entries },
    text: (path) => (modeOf(texts[path] ?? '-> ') === '100644' ? texts[path] : undefined),
  }
}

export function blobId(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')
}

function modeOf(text: string): string {
  if (text.startsWith('-> ')) return '120000'
  return text === '@submodule' ? '160000' : '100644'
}

/** A Deployment in one line of YAML. */
export function deployment(name: string, image = 'registry.example/app:1'): string {
  return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: {template: {spec: {containers: [{name: app, image: "${image}"}]}}}}\n`
}

export const unconfigured = {
  isConfigured: false,
  applications: [],
  environments: [],
  roles: [],
  policies: { severities: {}, folders: [] },
  slos: [],
}
