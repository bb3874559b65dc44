/** An image as workloads name it: `registry:5000/shop/checkout:1.8.0@sha256:…`. */
export interface ImageReference {
  /** Registry and repository, without tag and digest. */
  name: string
  tag?: string
  /** `sha256:…` */
  digest?: string
}

export function parseImage(image: string): ImageReference {
  const at = image.indexOf('@')
  const digest = at < 0 ? undefined : image.slice(at + 1)
  const tagged = at < 0 ? image : image.slice(0, at)
  const colon = tagged.lastIndexOf(':')
  // A colon before the last slash belongs to the registry's port.
  if (colon < 0 || colon < tagged.lastIndexOf('/')) return { name: tagged, digest }
  return { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), digest }
}

/** What follows the name: `1.8.0`, `sha256:…`, or both as `1.8.0@sha256:…`; empty where the image names no version. */
export function versionOf({ tag, digest }: ImageReference): string {
  if (digest === undefined) return tag ?? ''
  return tag === undefined ? digest : `${tag}@${digest}`
}

/** The other way round: `1.8.0` → tag; `sha256:…` → digest. */
export function parseVersion(version: string): Pick<ImageReference, 'tag' | 'digest'> {
  const at = version.indexOf('@')
  if (at >= 0) return { tag: version.slice(0, at), digest: version.slice(at + 1) }
  return version.includes(':') ? { digest: version } : { tag: version }
}

export function formatImage(name: string, version: string): string {
  if (version === '') return name
  return version.includes(':') && !version.includes('@') ? `${name}@${version}` : `${name}:${version}`
}
