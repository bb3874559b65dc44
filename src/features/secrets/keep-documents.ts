import { formatObjectId, type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import { isFields } from '../diff/fields.ts'
import { holdsEncrypted } from './encrypted-value.ts'
import { readSopsMetadata } from './sops-metadata.ts'

/**
 * Keeps with every encrypted Secret the file that it comes from, still encrypted: its MAC is over the values in the file's
 * order, which no rendered object has. `texts` are the files that were rendered. What cannot be decrypted later is a problem
 * now, when somebody can still mend it.
 */
export function keepDocuments(
  objects: readonly KubernetesObject[],
  texts: () => Iterable<[path: string, text: string]>,
  path: string,
): { objects: KubernetesObject[]; problems: Problem[] } {
  if (!objects.some((object) => object['sops'] !== undefined || holdsEncryptedDeep(object)))
    return { objects: [...objects], problems: [] }
  const problems: Problem[] = []
  const files = [...texts()]
  const kept = objects.map((object) => {
    const report = (code: string, message: string, fix: string) =>
      void problems.push({
        code,
        path,
        line: 0,
        message: `${formatObjectId(objectId(object))}: ${message}`,
        fix,
      })
    const { sops, ...rest } = object
    if (sops === undefined) {
      if (holdsEncryptedDeep(object))
        report(
          'SOPS_GENERATED',
          'an encrypted file was put into it as it is, which nothing decrypts',
          'encrypt the Secret itself: write it as a manifest and run sops --encrypt --encrypted-regex "^(data|stringData)$"',
        )
      return object
    }
    if (holdsEncrypted([object.apiVersion, object.kind, object.metadata]) || object.kind !== 'Secret') {
      report(
        'SOPS_NOT_A_SECRET',
        'only data and stringData of a Secret may be encrypted',
        'encrypt with sops --encrypted-regex "^(data|stringData)$"',
      )
      return object
    }
    const metadata = readSopsMetadata(sops)
    if (typeof metadata === 'string') {
      report('SOPS_UNREADABLE', metadata, 'encrypt it with sops for an age recipient')
      return object
    }
    const [file] = files.filter(([, text]) => text.includes(metadata.mac))
    if (file === undefined || !isFields(sops)) {
      report(
        'SOPS_FILE_UNKNOWN',
        'the file that was encrypted is not among what is rendered',
        'keep it in the folder',
      )
      return object
    }
    return {
      ...rest,
      sops: { ...sops, document: Buffer.from(file[1]).toString('base64') },
    }
  })
  return { objects: kept, problems }
}

/** Also in Base64, as generators write data. */
function holdsEncryptedDeep(object: KubernetesObject): boolean {
  const data =
    object.kind === 'Secret' || object.kind === 'ConfigMap' ? [object['data'], object['binaryData']] : []
  const decoded = data
    .filter(isFields)
    .flatMap((fields) => Object.values(fields))
    .filter((value) => typeof value === 'string')
    .map((value) => Buffer.from(value, 'base64').toString('latin1'))
  return holdsEncrypted([object, decoded])
}
