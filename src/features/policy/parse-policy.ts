import { type Document, isMap, LineCounter, parseAllDocuments } from 'yaml'
import type { Severity } from '../../domain/finding.ts'
import type { LabelSelector } from '../../domain/label-selector.ts'
import type { Problem } from '../../domain/problem.ts'
import { compileCel } from './cel.ts'
import type { NamedExpression, Policy, ResourceRule, Validation } from './policy.ts'

/** Bytes of one policy file. */
const maxFileLength = 256 * 1024

/** Kinds that live beside policies and say nothing about objects in a pull request. */
const otherKinds = new Set(['ValidatingAdmissionPolicyBinding', 'Kustomization', 'Component'])

export interface ParsedPolicies {
  policies: Policy[]
  problems: Problem[]
}

/** Reads the ValidatingAdmissionPolicies of one file; everything wrong with them at once. */
export function parsePolicy(text: string, path: string): ParsedPolicies {
  if (text.length > maxFileLength) {
    return { policies: [], problems: [problem(path, 1, `is larger than ${maxFileLength} bytes`)] }
  }
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true })
    if (!Array.isArray(documents)) return { policies: [], problems: [] }
    const parsed = documents.map((document) => parseDocument(document, path, lines))
    return {
      policies: parsed.flatMap(({ policies }) => policies),
      problems: parsed.flatMap(({ problems }) => problems),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { policies: [], problems: [problem(path, 1, `cannot be read: ${reason}`)] }
  }
}

function parseDocument(document: Document.Parsed, path: string, lines: LineCounter): ParsedPolicies {
  const line = lines.linePos(document.contents?.range?.[0] ?? 0).line
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      problem(path, lines.linePos(error.pos[0]).line, `is not YAML: ${error.message.split('\n')[0]}`),
    )
    return { policies: [], problems }
  }
  if (document.contents === null) return { policies: [], problems: [] }
  if (!isMap(document.contents)) return { policies: [], problems: [problem(path, line, 'is not a policy')] }
  const root = record(document.toJS({ maxAliasCount: 0 }))
  if (otherKinds.has(String(root.kind))) return { policies: [], problems: [] }
  const complain = (keys: (string | number)[], message: string) =>
    problem(path, lineOf(document, keys, lines, line), message)
  if (root.kind !== 'ValidatingAdmissionPolicy') {
    return {
      policies: [],
      problems: [complain(['kind'], `kind: expected ValidatingAdmissionPolicy, found ${String(root.kind)}`)],
    }
  }
  const policy = toPolicy(root, path, line)
  const problems = checkPolicy(policy, root, complain)
  return problems.length > 0 ? { policies: [], problems } : { policies: [policy], problems: [] }
}

function toPolicy(root: Record<string, unknown>, path: string, line: number): Policy {
  const metadata = record(root.metadata)
  const annotations = record(metadata.annotations)
  const spec = record(root.spec)
  const match = record(spec.matchConstraints)
  const name = text(metadata.name)
  return {
    name,
    title: text(annotations['drawbridge.dev/title']) || name,
    severity: severityOf(annotations['drawbridge.dev/severity']) ?? 'error',
    fix: text(annotations['drawbridge.dev/fix']),
    environments: listed(annotations['drawbridge.dev/environments']),
    fields: listed(annotations['drawbridge.dev/fields']),
    path,
    line,
    rules: list(match.resourceRules).map(toRule),
    excluded: list(match.excludeResourceRules).map(toRule),
    labels: toSelector(record(match.objectSelector)),
    conditions: list(spec.matchConditions).map(toNamed),
    variables: list(spec.variables).map(toNamed),
    validations: list(spec.validations).map(toValidation),
  }
}

/** `a, b` → both. */
function listed(value: unknown): string[] {
  return text(value)
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

function toRule(value: unknown): ResourceRule {
  const rule = record(value)
  return {
    apiGroups: strings(rule.apiGroups),
    apiVersions: strings(rule.apiVersions),
    operations: strings(rule.operations),
    resources: strings(rule.resources),
    resourceNames: strings(rule.resourceNames),
    scope: text(rule.scope) || '*',
  }
}

function toSelector(selector: Record<string, unknown>): LabelSelector {
  return {
    matchLabels: Object.fromEntries(
      Object.entries(record(selector.matchLabels)).map(([key, value]) => [key, text(value)]),
    ),
    matchExpressions: list(selector.matchExpressions).map((value) => {
      const expression = record(value)
      return {
        key: text(expression.key),
        operator: text(expression.operator),
        values: strings(expression.values),
      }
    }),
  }
}

function toNamed(value: unknown): NamedExpression {
  const named = record(value)
  return { name: text(named.name), program: compileCel(text(named.expression)) }
}

function toValidation(value: unknown): Validation {
  const validation = record(value)
  const messageExpression = text(validation.messageExpression)
  return {
    program: compileCel(text(validation.expression)),
    message: text(validation.message).trim(),
    messageProgram: messageExpression === '' ? undefined : compileCel(messageExpression),
  }
}

type Complain = (keys: (string | number)[], message: string) => Problem

function checkPolicy(policy: Policy, root: Record<string, unknown>, complain: Complain): Problem[] {
  const spec = record(root.spec)
  const match = record(spec.matchConstraints)
  const severity = record(record(root.metadata).annotations)['drawbridge.dev/severity']
  const problems: Problem[] = []
  if (policy.name === '') problems.push(complain(['metadata'], 'metadata.name: missing'))
  if (severity !== undefined && severityOf(severity) === undefined) {
    const where = ['metadata', 'annotations', 'drawbridge.dev/severity']
    problems.push(
      complain(where, `drawbridge.dev/severity: "${text(severity)}" is not error, warning or notice`),
    )
  }
  if (policy.rules.length === 0) {
    problems.push(
      complain(['spec'], 'spec.matchConstraints.resourceRules: empty, so it would never be asked'),
    )
  }
  if (policy.validations.length === 0) problems.push(complain(['spec'], 'spec.validations: empty'))
  if (spec.paramKind !== undefined) {
    problems.push(
      complain(['spec', 'paramKind'], 'spec.paramKind: parameters are not known in a pull request'),
    )
  }
  if (Object.keys(record(match.namespaceSelector)).length > 0) {
    const where = ['spec', 'matchConstraints', 'namespaceSelector']
    problems.push(
      complain(
        where,
        'spec.matchConstraints.namespaceSelector: labels of namespaces are not known in a pull request',
      ),
    )
  }
  return [...problems, ...checkExpressions(policy, complain)]
}

function checkExpressions(policy: Policy, complain: Complain): Problem[] {
  const named = (field: 'matchConditions' | 'variables', expressions: NamedExpression[]) =>
    expressions.flatMap(({ name, program }, index) => [
      ...(name === '' ? [complain(['spec', field, index], `spec.${field}[${index}].name: missing`)] : []),
      ...checkProgram(program, ['spec', field, index, 'expression'], complain),
    ])
  return [
    ...named('matchConditions', policy.conditions),
    ...named('variables', policy.variables),
    ...policy.validations.flatMap(({ program, messageProgram }, index) => [
      ...checkProgram(program, ['spec', 'validations', index, 'expression'], complain),
      ...(messageProgram
        ? checkProgram(messageProgram, ['spec', 'validations', index, 'messageExpression'], complain)
        : []),
    ]),
  ]
}

function checkProgram(
  program: Validation['program'],
  keys: (string | number)[],
  complain: Complain,
): Problem[] {
  if (program.kind === 'compiled') return []
  const field = keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1)
  return [complain(keys, `${field}: not a CEL expression: ${program.reason}`)]
}

/** The line of a node, or of the nearest parent that is there. */
function lineOf(
  document: Document.Parsed,
  keys: (string | number)[],
  lines: LineCounter,
  fallback: number,
): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true)
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0])).line
    }
  }
  return fallback
}

function problem(path: string, line: number, message: string): Problem {
  return {
    code: 'POLICY_INVALID',
    path,
    line,
    message: `policy ${path}: ${message}`,
    fix: 'correct the policy, or take its file out of the folder of policies; until then the policy gate stays closed',
  }
}

function severityOf(value: unknown): Severity | undefined {
  return value === 'error' || value === 'warning' || value === 'notice' ? value : undefined
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

function strings(value: unknown): string[] {
  return list(value).map(text)
}
