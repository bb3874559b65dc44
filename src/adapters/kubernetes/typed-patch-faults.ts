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
