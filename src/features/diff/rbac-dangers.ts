import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found } from './dangers.ts'
import type { Fields } from './fields.ts'
import { listAt, valueAt } from './pod-template.ts'

const anyone = new Set([
  'system:anonymous',
  'system:authenticated',
  'system:unauthenticated',
  'system:serviceaccounts',
])

/** Rights that reach further than they say. Source: Kubernetes, "Role Based Access Control Good Practices". */
const farReaching: readonly { verbs: string[]; resources: string[]; effect: string }[] = [
  {
    verbs: ['escalate', 'bind'],
    resources: ['roles', 'clusterroles'],
    effect: 'lets its holder give itself any right',
  },
  {
    verbs: ['impersonate'],
    resources: ['users', 'groups', 'serviceaccounts'],
    effect: 'lets its holder act as somebody else',
  },
  { verbs: ['get', 'list', 'watch'], resources: ['secrets'], effect: 'lets its holder read secrets' },
  {
    verbs: ['create'],
    resources: ['pods/exec', 'pods/attach'],
    effect: 'lets its holder run commands in pods',
  },
  {
    verbs: ['create'],
    resources: ['serviceaccounts/token'],
    effect: 'lets its holder act as any service account',
  },
  {
    verbs: ['get', 'create'],
    resources: ['nodes/proxy'],
    effect: 'lets its holder reach every pod past the API server',
  },
]

/** Rules of a role that others are compared with; beyond that, a rule that is written differently counts as new. */
const mostRules = 200

/** Rights that an object gives and did not give before, where they reach far. */
export function findWidenedRights(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  if (after.kind === 'Role' || after.kind === 'ClusterRole') return findWidenedRules(before, after)
  if (after.kind === 'RoleBinding' || after.kind === 'ClusterRoleBinding')
    return findWidenedBinding(before, after)
  return []
}

function findWidenedRules(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  const same = new Set(listAt(before, 'rules').map((rule) => JSON.stringify(rule)))
  const known = listAt(before, 'rules').slice(0, mostRules)
  return listAt(after, 'rules').flatMap((rule, index) => {
    if (same.has(JSON.stringify(rule)) || known.some((old) => includesRule(old, rule))) return []
    const field = `rules[${index}]`
    const wild = ['verbs', 'resources', 'apiGroups'].filter(
      (name) => texts(rule[name]).includes('*') && !known.some((old) => isSameBut(old, rule, name)),
    )
    if (wild.length > 0) {
      const sentence = `A rule of ${after.kind} ${after.metadata.name} now allows everything in ${wild.join(' and ')} (*).`
      return [{ field, sentence }]
    }
    return farReaching
      .filter((right) => gives([rule], right) && !gives(known, right))
      .map((right) => {
        const verbs = right.verbs.filter((verb) => texts(rule.verbs).includes(verb))
        return {
          field,
          sentence: `The right to ${verbs.join(', ')} ${right.resources.join(' or ')} ${right.effect}.`,
        }
      })
  })
}

/** Whether all that a rule allows, another one allows. */
function includesRule(whole: Fields, part: Fields): boolean {
  const isWithin = (name: string) => {
    const all = texts(whole[name])
    return all.includes('*') || texts(part[name]).every((item) => all.includes(item))
  }
  const named = texts(whole.resourceNames)
  const isNamed = named.length === 0 || (texts(part.resourceNames).length > 0 && isWithin('resourceNames'))
  return isNamed && ['verbs', 'resources', 'apiGroups', 'nonResourceURLs'].every(isWithin)
}

/** A rule that was as wild in this place already, and changed elsewhere. */
function isSameBut(old: Fields, young: Fields, name: string): boolean {
  const others = ['verbs', 'resources', 'apiGroups'].filter((other) => other !== name)
  const isNarrower = (other: string) => {
    const all = texts(old[other])
    return all.includes('*') || texts(young[other]).every((item) => all.includes(item))
  }
  return texts(old[name]).includes('*') && others.every(isNarrower)
}

function gives(
  rules: readonly Fields[],
  { verbs, resources }: { verbs: string[]; resources: string[] },
): boolean {
  return rules.some((rule) => {
    const isLimited = texts(rule.resourceNames).length > 0
    const hasVerb = texts(rule.verbs).some((verb) => verb === '*' || verbs.includes(verb))
    const isOwnVerb = ['escalate', 'bind', 'impersonate'].some((verb) => verbs.includes(verb))
    const hasResource = texts(rule.resources).some((name) => name === '*' || resources.includes(name))
    return !isLimited && hasVerb && (hasResource || isOwnVerb)
  })
}

function findWidenedBinding(before: KubernetesObject | undefined, after: KubernetesObject): Found[] {
  const role = valueAt(after, ['roleRef', 'name'])
  const hadRole = valueAt(before, ['roleRef', 'name']) === role
  const known = new Set(listAt(before, 'subjects').map(subjectName))
  const added = listAt(after, 'subjects').filter((subject) => !hadRole || !known.has(subjectName(subject)))
  if (added.length === 0) return []
  const names = added.map(subjectName).join(', ')
  const found = (sentence: string) => [{ field: 'subjects', sentence }]
  if (role === 'cluster-admin') return found(`${names} may do everything that cluster-admin may.`)
  const isOpen = added.some(({ name }) => anyone.has(String(name)))
  if (isOpen) return found(`These rights now reach a group that nearly everybody is in: ${names}.`)
  // A new binding comes with what needs it, and `view` changes nothing.
  if (!before || !hadRole || role === 'view') return []
  return found(`${names} gains the rights of ${String(role)}.`)
}

function subjectName(subject: Fields): string {
  const namespace = subject.namespace === undefined ? '' : `${String(subject.namespace)}/`
  return `${String(subject.kind)} ${namespace}${String(subject.name)}`
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
