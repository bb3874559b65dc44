import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found } from './dangers.ts'
import { type Container, containersOf, listAt, podTemplateOf, valueAt } from './pod-template.ts'

type Before = KubernetesObject | undefined

/** Containers whose image is now `:latest` or has no tag, so that nobody can tell which version runs. */
export function findFloatingImages(before: Before, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) => {
    const image = young.fields.image
    if (typeof image !== 'string' || image === old?.fields.image || !isFloating(image)) return []
    return [
      {
        field: `${young.path}.image`,
        sentence: `${image} names no fixed version: what runs can change without a pull request, and cannot be rolled back.`,
      },
    ]
  })
}

function isFloating(image: string): boolean {
  if (image === '' || image.includes('@')) return false
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1]
  return tag === undefined || tag === '' || tag === 'latest'
}

export function findHostPaths(before: Before, after: KubernetesObject): Found[] {
  const known = new Set(hostPaths(before).map(({ path }) => path))
  return hostPaths(after)
    .filter(({ path }) => !known.has(path))
    .map(({ field, path }) => ({
      field,
      sentence: `The pods now reach ${path} of the node's own file system.`,
    }))
}

function hostPaths(object: Before): { field: string; path: string }[] {
  const template = podTemplateOf(object)
  if (!template) return []
  return listAt(template.spec, 'volumes').flatMap((volume) => {
    const path = valueAt(volume, ['hostPath', 'path'])
    return typeof path === 'string'
      ? [{ field: `${template.path}.volumes[${String(volume.name)}]`, path }]
      : []
  })
}

export function findPrivileged(before: Before, after: KubernetesObject): Found[] {
  const path = ['securityContext', 'privileged']
  return eachContainer(before, after, (old, young) =>
    valueAt(young.fields, path) === true && valueAt(old?.fields, path) !== true
      ? [
          {
            field: `${young.path}.${path.join('.')}`,
            sentence: `${young.name} now runs with all rights on its node.`,
          },
        ]
      : [],
  )
}

/** Namespaces of the node that a pod can share. */
const shared = { hostNetwork: 'network', hostPID: 'processes', hostIPC: 'inter-process communication' }

export function findHostNamespaces(before: Before, after: KubernetesObject): Found[] {
  const [old, young] = [podTemplateOf(before), podTemplateOf(after)]
  return Object.entries(shared)
    .filter(([field]) => young?.spec[field] === true && old?.spec[field] !== true)
    .map(([field, what]) => ({
      field: `${young?.path}.${field}`,
      sentence: `The pods now share the node's ${what}.`,
    }))
}

/** Capabilities that containers get beside those that every container has. */
export function findAddedCapabilities(before: Before, after: KubernetesObject): Found[] {
  const path = ['securityContext', 'capabilities', 'add']
  return eachContainer(before, after, (old, young) => {
    const had = textsAt(old?.fields, path)
    const added = textsAt(young.fields, path).filter((name) => !had.includes(name) && !harmless.has(name))
    if (added.length === 0) return []
    return [
      {
        field: `${young.path}.${path.join('.')}`,
        sentence: `${young.name} gains rights of the node's administrator: ${added.join(', ')}.`,
      },
    ]
  })
}

/** What containers have by default, or what the restricted Pod Security Standard lets them add. */
const harmless = new Set([
  'NET_BIND_SERVICE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
])

function textsAt(value: unknown, path: readonly string[]): string[] {
  const list = valueAt(value, path)
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
}

/** Images that now come from another registry. */
export function findMovedImages(before: Before, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) => {
    const [had, has] = [old?.fields.image, young.fields.image]
    if (typeof had !== 'string' || typeof has !== 'string' || registryOf(had) === registryOf(has)) return []
    const sentence = `The image of ${young.name} comes from ${registryOf(has)} instead of ${registryOf(had)}: whoever writes there decides what runs.`
    return [{ field: `${young.path}.image`, sentence }]
  })
}

/** Source: distribution/reference, normalize.go, `splitDockerDomain`. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  return isHost && first !== 'index.docker.io' ? first : 'docker.io'
}

const probes = {
  readinessProbe: 'gets traffic before it can answer',
  livenessProbe: 'is not restarted when it hangs',
  startupProbe: 'may be restarted while it is still starting',
}

export function findRemovedProbes(before: Before, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) =>
    Object.entries(probes)
      .filter(([probe]) => old?.fields[probe] !== undefined && young.fields[probe] === undefined)
      .map(([probe, effect]) => ({
        field: `${young.path}.${probe}`,
        sentence: `Without its ${probe}, ${young.name} ${effect}.`,
      })),
  )
}

/** Looks at each container of the new side beside the old one of the same name. */
export function eachContainer(
  before: Before,
  after: KubernetesObject,
  look: (old: Container | undefined, young: Container) => Found[],
): Found[] {
  const olds = new Map(containersOf(before).map((container) => [container.path, container]))
  return containersOf(after).flatMap((young) => look(olds.get(young.path), young))
}
