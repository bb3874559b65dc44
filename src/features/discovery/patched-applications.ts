import type { Problem } from '../../domain/problem.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { readDocuments } from '../rendering/read-documents.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import { patchFiles } from './patch-files.ts'
import type { ObjectFile } from './repository-objects.ts'

const kinds = new Set(['Application', 'ApplicationSet'])

/** Argo CD's objects that kustomizations patch: they are read as they are written, before any patch. */
export function patchedApplications(
  objectFiles: readonly ObjectFile[],
  files: RepositoryFiles,
  index: RepositoryIndex,
): Problem[] {
  const patches = patchFiles(index)
  const targets = new Set([
    ...[...patches].flatMap((path) => targetsOfPatch(files.text(path) ?? '')),
    ...targetsInKustomizations(files, index),
  ])
  if (targets.size === 0) return []
  return objectFiles.flatMap(({ path, objects }) =>
    objects
      .filter(({ object }) => object.apiVersion.startsWith('argoproj.io/'))
      .filter(({ object }) =>
        [object.metadata.name, '*'].some((name) => targets.has(`${object.kind}/${name}`)),
      )
      .map(({ object, line }) => isPatched(`${object.kind} ${object.metadata.name}`, path, line)),
  )
}

/** `Kind/name`, or `Kind/*` where a patch is for more than one name. */
function targetsInKustomizations(files: RepositoryFiles, index: RepositoryIndex): string[] {
  return index.kustomizationFolders.flatMap((folder) => {
    const text = files.text(index.kustomization(folder)?.path ?? '')
    return text?.includes('Application') ? targetsWithin(text) : []
  })
}

function targetsWithin(text: string): string[] {
  const first = readDocuments(text, '')[0]
  const data = first?.kind === 'data' ? asMapping(first.data) : {}
  const patches = [...asMappings(data.patches), ...asMappings(data.patchesJson6902)]
  const inline = [...patches.map(({ patch }) => asText(patch)), ...asTexts(data.patchesStrategicMerge)]
  return [
    ...patches.flatMap(({ target }) =>
      targetOf(asText(asMapping(target).kind), asText(asMapping(target).name)),
    ),
    ...inline.filter((patch) => patch.includes('\n')).flatMap(targetsOfPatch),
  ]
}

function targetsOfPatch(text: string): string[] {
  if (!text.includes('Application')) return []
  return readDocuments(text, '').flatMap((document) => {
    const data = document.kind === 'data' ? asMapping(document.data) : {}
    return targetOf(asText(data.kind), asText(asMapping(data.metadata).name))
  })
}

/** A target's name may be a pattern. */
function targetOf(kind: string, name: string): string[] {
  return kinds.has(kind) ? [`${kind}/${/^[\w.-]+$/.test(name) ? name : '*'}`] : []
}

function isPatched(object: string, path: string, line: number): Problem {
  return {
    code: 'APPLICATION_IS_PATCHED',
    path,
    line,
    message: `kustomizations patch ${object}; what it delivers is shown as this file says, without the patches`,
    fix: 'nothing has to be done; commit it as it is applied to have it shown exactly',
  }
}
