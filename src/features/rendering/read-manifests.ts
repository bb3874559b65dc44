import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import { nameHook } from './name-hook.ts'
import { readDocuments } from './read-documents.ts'

export interface ReadObject {
  object: KubernetesObject
  /** Where its document begins, from 1. */
  line: number
}

/**
 * The Kubernetes objects of a YAML or JSON stream, read as Kubernetes reads them; lists are taken apart.
 * Never throws: what cannot be read is a problem, and the other documents are read nevertheless. `isPrinted`: a tool printed
 * it, so that it can hold braces but be no template.
 */
export function readManifests(
  text: string,
  path: string,
  isPrinted = false,
): { objects: ReadObject[]; problems: Problem[] } {
  const objects: ReadObject[] = []
  const problems: Problem[] = []
  for (const document of readDocuments(text, path)) {
    if (document.kind === 'template' && !isPrinted) problems.push(isTemplate(path, document.line))
    else if (document.kind !== 'data') problems.push(...document.problems)
    if (document.kind !== 'data' || document.data === null) continue
    problems.push(...document.problems)
    const found = objectsIn(document.data, path, document.line)
    objects.push(...found.objects.map((object) => ({ object, line: document.line })))
    problems.push(...found.problems)
  }
  return { objects, problems }
}

/** The objects in a document's data: itself, or the items of a list. */
export function objectsIn(
  data: unknown,
  path: string,
  line: number,
): { objects: KubernetesObject[]; problems: Problem[] } {
  if (isList(data)) {
    const parts = data.items.map((item) => objectsIn(item, path, line))
    return {
      objects: parts.flatMap((part) => part.objects),
      problems: parts.flatMap((part) => part.problems),
    }
  }
  const named = isMapping(data) && isMapping(data.metadata) ? nameHook(data) : data
  const reason = whyNoObject(named)
  if (reason === undefined) return { objects: [named as KubernetesObject], problems: [] }
  return { objects: [], problems: [notAnObject(reason, path, line)] }
}

function isList(data: unknown): data is { items: unknown[] } {
  return (
    isMapping(data) &&
    typeof data.apiVersion === 'string' &&
    typeof data.kind === 'string' &&
    data.kind.endsWith('List') &&
    Array.isArray(data.items)
  )
}

/** Undefined for a Kubernetes object; otherwise what it lacks, in words. */
export function whyNoObject(data: unknown): string | undefined {
  if (!isMapping(data)) return 'it is not a mapping'
  if (typeof data.apiVersion !== 'string' || data.apiVersion === '') return 'apiVersion is missing'
  if (typeof data.kind !== 'string' || data.kind === '') return 'kind is missing'
  if (!isMapping(data.metadata)) return 'metadata is missing'
  if (typeof data.metadata.name === 'string' && data.metadata.name !== '') return undefined
  if (data.metadata.name !== undefined && data.metadata.name !== null && data.metadata.name !== '') {
    return 'metadata.name is not a text; quote it'
  }
  if (typeof data.metadata.generateName === 'string') {
    return 'it has metadata.generateName, which only a hook can have; give it a name'
  }
  return 'metadata.name is missing'
}

function isMapping(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

function notAnObject(reason: string, path: string, line: number): Problem {
  return {
    code: 'NOT_AN_OBJECT',
    path,
    line,
    message: `not a Kubernetes object: ${reason}`,
    fix: 'give it apiVersion, kind and metadata.name, or move it out of the rendered files',
  }
}

function isTemplate(path: string, line: number): Problem {
  return {
    code: 'MANIFEST_IS_TEMPLATE',
    path,
    line,
    message: 'this is a template ({{ … }}), not YAML',
    fix: 'render it with the tool it is written for, or move it out of the rendered files',
  }
}
