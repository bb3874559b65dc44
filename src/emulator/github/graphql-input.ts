/** How a value must look: a scalar's name, a list, an enumeration, or an input type of the table. */
type Kind = 'text' | 'integer' | readonly string[] | { list: string } | { input: string }

interface Field {
  kind: Kind
  isRequired?: true
}

const required = (kind: Kind): Field => ({ kind, isRequired: true })
const optional = (kind: Kind): Field => ({ kind })

const statuses = ['COMPLETED', 'IN_PROGRESS', 'PENDING', 'QUEUED', 'WAITING']
const conclusions =
  'ACTION_REQUIRED CANCELLED FAILURE NEUTRAL SKIPPED STALE STARTUP_FAILURE SUCCESS TIMED_OUT'.split(' ')

const ofRun = {
  actions: optional({ list: 'CheckRunAction' }),
  clientMutationId: optional('text'),
  completedAt: optional('text'),
  conclusion: optional(conclusions),
  detailsUrl: optional('text'),
  externalId: optional('text'),
  output: optional({ input: 'CheckRunOutput' }),
  repositoryId: required('text'),
  startedAt: optional('text'),
  status: optional(statuses),
}

/** The inputs of the changes that the emulator takes. Source: GitHub GraphQL API, the input objects of these names. */
export const inputTypes: Record<string, Record<string, Field>> = {
  CreateCheckRunInput: { ...ofRun, headSha: required('text'), name: required('text') },
  UpdateCheckRunInput: { ...ofRun, checkRunId: required('text'), name: optional('text') },
  CheckRunOutput: {
    annotations: optional({ list: 'CheckAnnotationData' }),
    summary: required('text'),
    text: optional('text'),
    title: required('text'),
  },
  CheckAnnotationData: {
    annotationLevel: required(['FAILURE', 'NOTICE', 'WARNING']),
    location: required({ input: 'CheckAnnotationRange' }),
    message: required('text'),
    path: required('text'),
    rawDetails: optional('text'),
    title: optional('text'),
  },
  CheckAnnotationRange: {
    endColumn: optional('integer'),
    endLine: required('integer'),
    startColumn: optional('integer'),
    startLine: required('integer'),
  },
  CheckRunAction: {
    description: required('text'),
    identifier: required('text'),
    label: required('text'),
  },
}

/** Why a variable does not fit the input of the mutation; undefined where it does. */
export function inputFault(
  query: string,
  mutation: string,
  variable: string,
  value: unknown,
): string | undefined {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  if (!query.includes(`$${variable}: ${type}!`)) return `Variable $${variable} is not declared as ${type}!`
  const fault = objectFault(type, value, '')
  return fault && `Variable $${variable} of type ${type}! was provided invalid value for ${fault}`
}

function objectFault(type: string, value: unknown, path: string): string | undefined {
  const fields = inputTypes[type] ?? {}
  if (typeof value !== 'object' || value === null) return `${path} (Expected value to not be null)`
  const given = new Map(Object.entries(value).filter(([, each]) => each !== undefined))
  for (const name of given.keys()) {
    if (!Object.hasOwn(fields, name)) return `${path}${name} (Field is not defined on ${type})`
  }
  for (const [name, { kind, isRequired }] of Object.entries(fields)) {
    const each = given.get(name) ?? null
    if (each === null && isRequired) return `${path}${name} (Expected value to not be null)`
    const fault = each === null ? undefined : valueFault(kind, each, `${path}${name}`)
    if (fault !== undefined) return fault
  }
  return undefined
}

function valueFault(kind: Kind, value: unknown, path: string): string | undefined {
  if (kind === 'text') return typeof value === 'string' ? undefined : `${path} (Expected a string)`
  if (kind === 'integer') return Number.isInteger(value) ? undefined : `${path} (Expected an integer)`
  if ('input' in kind) return objectFault(kind.input, value, `${path}.`)
  if ('list' in kind) {
    if (!Array.isArray(value)) return `${path} (Expected a list)`
    const faults = value.map((each, index) => objectFault(kind.list, each, `${path}.${index}.`))
    return faults.find((fault) => fault !== undefined)
  }
  return kind.includes(String(value))
    ? undefined
    : `${path} (Expected "${String(value)}" to be one of: ${kind.join(', ')})`
}
