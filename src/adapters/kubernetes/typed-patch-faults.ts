export interface TypedPatchFault {
  /** `spec.template.spec.containers[name="app"].imagePulPolicy` */
  field: string
  fault: 'unknown field' | 'duplicate entries' | 'the value has the wrong type'
}

const faults: [sign: string, fault: TypedPatchFault['fault']][] = [
  ['field not declared in schema', 'unknown field'],
  ['duplicate entries for key', 'duplicate entries'],
  ['expected ', 'the value has the wrong type'],
]

/**
 * What server-side apply could not read, by field. Its words quote values (`expected string, got …{Value:1}`): they are
 * left out. `failed to create typed patch object (shop/app; apps/v1, Kind=Deployment): .spec.replica: field not …`;
 * several follow `errors:`, one a line.
 */
export function typedPatchFaults(message: string): TypedPatchFault[] {
  const lines = message.slice(message.indexOf('): ') + 3).split('\n')
  return lines.flatMap((line) => {
    const [, field, words] = /^\s*\.([^\s:]+): (.*)$/.exec(line) ?? []
    const fault = faults.find(([sign]) => words?.startsWith(sign))?.[1]
    return field === undefined || fault === undefined ? [] : [{ field, fault }]
  })
}

/**
 * What kept an object from being read into the server's own types, in our words: it names no field, and may quote a value.
 * `failed to convert new object (shop/app; /v1, Kind=Secret) to proper version: unable to convert unstructured object to …`;
 * where a webhook that converts is away, it goes on otherwise.
 * Source: Kubernetes, apimachinery/pkg/util/managedfields/internal/structuredmerge.go and runtime/converter.go.
 */
export function conversionFault(message: string): string | undefined {
  const words =
    /^failed to convert new object \(.*?\) to proper version: unable to convert unstructured object to (.*)$/s.exec(
      message,
    )?.[1]
  if (words === undefined) return undefined
  return (
    conversions.find(([sign]) => words.includes(sign))?.[1] ??
    'a value is not of the kind that its field takes'
  )
}

const conversions: [sign: string, fault: string][] = [
  ['illegal base64 data', 'a value is no base64'],
  ['quantities must match', 'a quantity cannot be read'],
  ['unable to parse quantity', 'a quantity cannot be read'],
  ['parsing time', 'a time cannot be read'],
]
