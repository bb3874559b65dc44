import type { LedgerChange } from '../../domain/action.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { ReconcileSettings } from '../../domain/reconcile-settings.ts'
import { targetPath, type Sha } from '../../domain/refs.ts'
import { type Attestation, type Controls, noControls, type Rollout } from '../../domain/release.ts'
import { assert } from '../../domain/unreachable.ts'
import { canonicalise, digestOf, inOrder, renderedFiles } from '../rendering/canonical.ts'
import { hashBlob, hashTree } from '../rendering/git-hash.ts'
import { parseKubernetesYaml } from '../rendering/kubernetes-yaml.ts'

/** What the files of a rendered ref say. */
export interface LedgerContent {
  attestations: Attestation[]
  rollouts: Rollout[]
  controls: Controls
  settings?: ReconcileSettings
  seen?: { branch: string; revision: Sha }
}

const rolloutsFile = 'rollouts.json'
const controlsFile = 'controls.json'
const settingsFile = 'settings.json'
const seenFile = 'seen.json'
const releaseSuffix = '.release.json'

/** The files that attest an application on the clusters where it is now. */
export function releasePaths(attestations: readonly Attestation[], application: string): string[] {
  return attestations
    .filter(({ target }) => target.application === application)
    .map(({ target }) => `${targetPath(target)}${releaseSuffix}`)
}

const evidenceFolder = '_evidence/'

/** Where the evidence of a commit lies; no cluster can be called so. */
export function evidencePath(revision: Sha): string {
  return `${evidenceFolder}${revision}.json`
}

/** The commit whose evidence a path holds; undefined for any other file. */
export function evidenceRevision(path: string): Sha | undefined {
  return path.startsWith(evidenceFolder) ? path.slice(evidenceFolder.length, -'.json'.length) : undefined
}

/** Whether the file says something about the ledger, and is no rendered object. */
export function isLedgerRecord(path: string): boolean {
  return [rolloutsFile, controlsFile, settingsFile, seenFile].includes(path) || isReleasePath(path)
}

/**
 * The files one commit writes: path → text; null deletes the file, or the folder where the path ends in '/'.
 * A target's folder is always written as a whole, so that its tree id is the attested digest.
 */
export function toLedgerFiles(change: LedgerChange): Record<string, string | null> {
  const files: Record<string, string | null> = {}
  for (const target of change.removed) {
    const folder = `${target.cluster}/${target.application}`
    files[`${folder}/`] = null
    files[`${folder}${releaseSuffix}`] = null
  }
  for (const { attestation, objects } of change.releases) {
    const folder = targetPath(attestation.target)
    assert(digestOf(objects) === attestation.digest, `the objects of ${folder} are the attested ones`)
    files[`${folder}/`] = null
    for (const [name, text] of renderedFiles(objects)) files[`${folder}/${name}`] = text
    files[`${folder}${releaseSuffix}`] = toJson(attestation)
  }
  if (change.rollouts) files[rolloutsFile] = toJson(change.rollouts)
  if (change.controls) files[controlsFile] = toJson(change.controls)
  if (change.settings) files[settingsFile] = toJson(change.settings)
  if (change.seen) files[seenFile] = toJson(change.seen)
  for (const revision of change.evidence?.removed ?? []) files[evidencePath(revision)] = null
  for (const evidence of change.evidence?.written ?? [])
    files[evidencePath(evidence.sides.head)] = toJson(evidence)
  return files
}

/** What a record says. Throws where it cannot be read: records are ours and signed, so this is never a user's mistake. */
export function parseRecord(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${path}: is not JSON`)
  }
}

/** The records among the files of a rendered ref: path → what each says. */
export function parseRecords(files: ReadonlyMap<string, string>): Map<string, unknown> {
  const records = [...files].filter(([path]) => isLedgerRecord(path))
  return new Map(records.map(([path, text]) => [path, parseRecord(text, path)]))
}

/** What the records of a rendered ref say: path → what is read there. Throws where one is not of this place. */
export function fromLedgerFiles(environment: string, files: ReadonlyMap<string, unknown>): LedgerContent {
  const controls = (files.get(controlsFile) ?? {}) as Partial<Controls>
  const seen = files.get(seenFile) as { branch: string; revision: Sha } | undefined
  const settings = files.get(settingsFile) as ReconcileSettings | undefined
  return {
    attestations: [...files.keys()]
      .filter(isReleasePath)
      .toSorted()
      .map((path) => readAttestation(environment, files, path)),
    rollouts: (files.get(rolloutsFile) as Rollout[] | undefined) ?? [],
    controls: { ...noControls, ...controls },
    ...(settings && { settings }),
    ...(seen && { seen }),
  }
}

/** An object of a rendered folder, with what says that it is the attested one. */
export interface RenderedObject {
  /** Git's id for the text. */
  blob: Sha
  object: KubernetesObject
}

export function readRenderedObject(text: string): RenderedObject {
  const [object] = canonicalise([parseKubernetesYaml(text) as KubernetesObject]).objects
  return { blob: hashBlob(text), object: object! }
}

/** The objects of one target's folder (by file name). Throws where the files are not the attested ones. */
export function attestedObjects(
  attestation: Attestation,
  files: ReadonlyMap<string, RenderedObject>,
): KubernetesObject[] {
  const digest = hashTree(new Map([...files].map(([name, { blob }]) => [name, blob])))
  if (digest !== attestation.digest)
    throw new Error(
      `${targetPath(attestation.target)}: the tree is ${digest}, attested is ${attestation.digest}`,
    )
  return inOrder([...files.values()].map(({ object }) => object))
}

function isReleasePath(path: string): boolean {
  return path.endsWith(releaseSuffix) && path.split('/').length === 2
}

/** An attestation counts only at its own place: one that was moved or copied is refused. */
function readAttestation(
  environment: string,
  files: ReadonlyMap<string, unknown>,
  path: string,
): Attestation {
  const attestation = files.get(path) as Attestation | undefined
  const isAtHome =
    attestation?.target?.environment === environment &&
    `${targetPath(attestation.target)}${releaseSuffix}` === path &&
    typeof attestation.digest === 'string' &&
    typeof attestation.revision === 'string'
  if (attestation && isAtHome) return attestation
  throw new Error(`${path}: is not an attestation of ${environment} for this place`)
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
