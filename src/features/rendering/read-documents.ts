import { YAMLException } from 'js-yaml'
import type { Problem } from '../../domain/problem.ts'
import { parseExactJson } from './exact-integers.ts'
import { parseKubernetesYaml } from './kubernetes-yaml.ts'

/** One document of a stream: its JSON data, or what keeps it from being read. `line` is where it begins, from 1. */
export type ManifestDocument =
  | { kind: 'data'; data: unknown; line: number; problems: Problem[] }
  | { kind: 'template'; line: number; problems: Problem[] }
  | { kind: 'broken'; line: number; problems: Problem[] }

/** Every document of a YAML or JSON stream, cut where kubectl cuts it: at lines that begin with `---`. Never throws. */
export function readDocuments(text: string, path: string): ManifestDocument[] {
  return splitDocuments(text.startsWith('\uFEFF') ? text.slice(1) : text)
    .filter((part) => hasContent(part.text))
    .map((part) => readDocument(part.text, part.line, path))
}

function readDocument(text: string, line: number, path: string): ManifestDocument {
  const json = /^\s*[{[]/.test(text) ? parseJson(text) : undefined
  if (json !== undefined) return { kind: 'data', data: json, line, problems: [] }
  try {
    return { kind: 'data', data: parseKubernetesYaml(text), line: firstLine(text, line), problems: [] }
  } catch (error) {
    return readAgain(text, line, path, error)
  }
}

/** Repeated keys are read as Kubernetes reads them (the last wins) and reported; anything else stays unread. */
function readAgain(text: string, line: number, path: string, error: unknown): ManifestDocument {
  const isRepeatedKey = error instanceof YAMLException && error.reason.includes('duplicated mapping key')
  if (isRepeatedKey) {
    try {
      const data = parseKubernetesYaml(text, { lastKeyWins: true })
      return { kind: 'data', data, line: firstLine(text, line), problems: [repeatedKey(error, line, path)] }
    } catch {
      // Something further down is wrong too: reported below as what was met first.
    }
  }
  if (text.includes('{{')) return { kind: 'template', line, problems: [unreadable(error, line, path)] }
  return { kind: 'broken', line, problems: [unreadable(error, line, path)] }
}

function repeatedKey(error: YAMLException, line: number, path: string): Problem {
  return {
    code: 'DUPLICATE_KEY',
    path,
    line: line + (error.mark?.line ?? 0),
    message: 'the same key is given twice in one mapping; Kubernetes takes the last one and drops the others',
    fix: 'keep one of the two',
  }
}

function unreadable(error: unknown, line: number, path: string): Problem {
  const fault = error instanceof YAMLException ? error : undefined
  return {
    code: 'YAML_INVALID',
    path,
    line: line + (fault?.mark?.line ?? 0),
    message: `not valid YAML: ${fault?.reason ?? 'it is nested too deeply'}`,
    fix: 'correct the YAML at this line',
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

function splitDocuments(text: string): { text: string; line: number }[] {
  if (!text.includes('---')) return [{ text, line: 1 }]
  const parts: { text: string; line: number }[] = []
  const lines = text.split('\n')
  let start = 0
  for (const [index, line] of lines.entries()) {
    if (!isSeparator(line)) continue
    parts.push({ text: lines.slice(start, index).join('\n'), line: start + 1 })
    // `--- {a: b}`: the content begins on the separator's own line.
    const rest = line.slice(3).trim()
    if (rest !== '' && !rest.startsWith('#')) lines[index] = `   ${line.slice(3)}`
    start = rest !== '' && !rest.startsWith('#') ? index : index + 1
  }
  parts.push({ text: lines.slice(start).join('\n'), line: start + 1 })
  return parts
}

function isSeparator(line: string): boolean {
  return line.startsWith('---') && (line.length === 3 || /\s/.test(line.charAt(3)))
}

/** False for what holds only blank lines, comments, directives and end marks. */
function hasContent(text: string): boolean {
  return text.split('\n').some((line) => {
    const content = line.trim()
    return content !== '' && content !== '...' && !content.startsWith('#') && !line.startsWith('%')
  })
}

function firstLine(text: string, line: number): number {
  const lines = text.split('\n')
  const index = lines.findIndex((each) => each.trim() !== '' && !each.trim().startsWith('#'))
  return line + Math.max(index, 0)
}
