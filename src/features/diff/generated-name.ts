/** The ten characters kustomize appends to generated ConfigMaps and Secrets. Source: kustomize, api/hasher. */
const kustomizeHash = /^(.+)-[bcdfghkmt2456789]{10}$/

/** `app-config-7f9c2k5t8d` → `app-config`; undefined where the name carries no generated suffix. */
export function generatedStem(name: string): string | undefined {
  return kustomizeHash.exec(name)?.[1]
}
