/** The ten characters kustomize appends to generated ConfigMaps and Secrets. Source: kustomize, api/hasher. */
const kustomizeHash = /^(.+)-[bcdfghkmt2456789]{10}$/

/** A hexadecimal hash, told from a word or a date by having both letters and digits. */
const hexHash = /^(.+)-(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{7,64}$/

/** `app-config-7f9c2k5t8d` → `app-config`; undefined where the name carries no generated suffix. */
export function generatedStem(name: string): string | undefined {
  return (kustomizeHash.exec(name) ?? hexHash.exec(name))?.[1]
}
