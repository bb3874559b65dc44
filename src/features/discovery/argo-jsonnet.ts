import type { JsonnetSettings } from '../../domain/rendered-target.ts'
import { joinPath } from '../rendering/paths.ts'
import { type BuildEnvironment, fillEnvironment } from './argo-environment.ts'
import { asMappings, asText, asTexts } from './fields.ts'

/** Argo CD looks in the folder itself before the libraries. Source: Argo CD, reposerver/repository/repository.go makeJsonnetVM. */
export function argoJsonnetSettings(
  jsonnet: Record<string, unknown>,
  environment: BuildEnvironment,
): JsonnetSettings {
  const variables = (value: unknown) =>
    asMappings(value).map((each) => ({
      name: asText(each.name),
      value: fillEnvironment(asText(each.value), environment),
      isCode: each.code === true,
    }))
  return {
    topLevel: variables(jsonnet.tlas),
    external: variables(jsonnet.extVars),
    libraries: asTexts(jsonnet.libs).flatMap((folder) => joinPath('.', folder.replace(/^\/+/, '')) ?? []),
  }
}
