import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found } from './dangers.ts'
import { eachContainer } from './pod-dangers.ts'
import { type Container, podTemplateOf, valueAt } from './pod-template.ts'

interface Guard {
  field: string
  /** The guard was there and is there no more. */
  isLost(had: unknown, has: unknown): boolean
  sentence(container: string): string
}

const guards: readonly Guard[] = [
  {
    field: 'runAsNonRoot',
    isLost: (had, has) => had === true && has !== true,
    sentence: (container) => `Nothing keeps ${container} from running as root any more.`,
  },
  {
    field: 'runAsUser',
    isLost: (had, has) => had !== 0 && has === 0,
    sentence: (container) => `${container} runs as root (user 0) from now on.`,
  },
  {
    field: 'allowPrivilegeEscalation',
    isLost: (had, has) => had === false && has !== false,
    sentence: (container) => `Programs in ${container} may gain more rights than they start with.`,
  },
]

/** Guards against running as root that a container loses. What it does not say itself, its pod says for it. */
export function findRoot(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) =>
    guards
      .filter(
        ({ field, isLost }) => old && isLost(effective(before, old, field), effective(after, young, field)),
      )
      .map(({ field, sentence }) => ({
        field: `${young.path}.securityContext.${field}`,
        sentence: sentence(young.name),
      })),
  )
}

function effective(object: KubernetesObject | undefined, { fields }: Container, field: string): unknown {
  const path = ['securityContext', field]
  return valueAt(fields, path) ?? valueAt(podTemplateOf(object)?.spec, path)
}
