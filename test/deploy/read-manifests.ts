import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { parseKubernetesYaml } from '../../src/features/rendering/kubernetes-yaml.ts'

/** What a folder of deploy/ holds, its kustomization's resources followed; `namespace` is set where an object names none. */
export function readManifests(folder: string, namespace?: string): KubernetesObject[] {
  const path = join(import.meta.dirname, '../../deploy', folder)
  const { resources } = parseKubernetesYaml(readFileSync(join(path, 'kustomization.yaml'), 'utf8')) as {
    resources: string[]
  }
  return resources.flatMap((resource) =>
    resource.endsWith('.yaml')
      ? readFileSync(join(path, resource), 'utf8')
          .split(/^---$/m)
          .map((text) => withNamespace(parseKubernetesYaml(text) as KubernetesObject, namespace))
      : readManifests(join(folder, resource), namespace),
  )
}

function withNamespace(object: KubernetesObject, namespace: string | undefined): KubernetesObject {
  if (namespace === undefined) return object
  const subjects = (object['subjects'] as { namespace?: string }[] | undefined)?.map((subject) => ({
    ...subject,
    namespace: subject.namespace ?? namespace,
  }))
  return { ...object, metadata: { ...object.metadata, namespace }, ...(subjects && { subjects }) }
}
