import type { Danger } from '../../domain/object-diff.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Fields } from './list-items.ts'
import { listAt, valueAt } from './pod-template.ts'

type Found = Omit<Danger, 'code'>

const anyone = new Set([
  'system:anonymous',
  'system:authenticated',
  'system:unauthenticated',
  'system:serviceaccounts',
])
const escalating = new Set(['escalate', 'bind', 'impersonate'])

/** Rights that an object gives and did not give before, where they reach far. */
export function findWidenedRights(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  if (after.kind === 'Role' || after.kind === 'ClusterRole') return findWidenedRules(before, after)
  if (after.kind === 'RoleBinding' || after.kind === 'ClusterRoleBinding')
    return findWidenedBinding(before, after)
  return []
}

function findWidenedRules(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  const old = new Set(listAt(before, 'rules').map((rule) => JSON.stringify(rule)))
  return listAt(after, 'rules').flatMap((rule, index) => {
    if (old.has(JSON.stringify(rule))) return []
    const field = `rules[${index}]`
    const wild = ['verbs', 'resources', 'apiGroups'].filter((name) => strings(rule[name]).includes('*'))
    if (wild.length > 0)
      return [
        {
          field,
          sentence: `A rule of ${after.kind} ${after.metadata.name} now allows everything in ${wild.join(' and ')} (*).`,
        },
      ]
    const verbs = strings(rule.verbs).filter((verb) => escalating.has(verb))
    if (verbs.length > 0)
      return [{ field, sentence: `The verbs ${verbs.join(', ')} let their holder gain further rights.` }]
    return []
  })
}

function findWidenedBinding(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  const hadRole = valueAt(before, ['roleRef', 'name']) === valueAt(after, ['roleRef', 'name'])
  const known = new Set(listAt(before, 'subjects').map(subjectName))
  const added = listAt(after, 'subjects').filter((subject) => !hadRole || !known.has(subjectName(subject)))
  if (added.length === 0) return []
  const names = added.map(subjectName).join(', ')
  if (valueAt(after, ['roleRef', 'name']) === 'cluster-admin') {
    return [{ field: 'subjects', sentence: `${names} may do everything that cluster-admin may.` }]
  }
  const open = added.filter((subject) => anyone.has(String(subject.name)))
  if (open.length === 0) return []
  return [
    { field: 'subjects', sentence: `These rights now reach a group that nearly everybody is in: ${names}.` },
  ]
}

function subjectName(subject: Fields): string {
  const namespace = subject.namespace === undefined ? '' : `${String(subject.namespace)}/`
  return `${String(subject.kind)} ${namespace}${String(subject.name)}`
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
