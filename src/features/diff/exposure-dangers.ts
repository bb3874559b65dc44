import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found, ObjectChange } from './dangers.ts'
import { isEqual } from './fields.ts'
import type { Neighbours } from './neighbours.ts'
import { listAt, valueAt } from './pod-template.ts'

type Before = KubernetesObject | undefined

/** How a Service reaches out of the cluster, by its type. */
const exposures: Record<string, string> = {
  LoadBalancer: 'A LoadBalancer gives this Service an address of its own, often a public one.',
  NodePort: 'A NodePort opens this Service on every node of the cluster.',
}

export function findExposedService(before: Before, after: KubernetesObject): Found[] {
  if (after.kind !== 'Service') return []
  const [old, young] = [before, after].map((object) => String(valueAt(object, ['spec', 'type'])))
  const sentence = young !== undefined && young !== old ? exposures[young] : undefined
  // From an address of its own to the ports of the nodes is a step back.
  if (!sentence || (young === 'NodePort' && old === 'LoadBalancer')) return []
  return [{ field: 'spec.type', sentence }]
}

/** A Service that found pods of this target and finds none any more. */
export function findMissedPods({ before, after, neighbours, formerNeighbours }: ObjectChange): Found[] {
  if (after?.kind !== 'Service' || !before) return []
  const reach = (service: KubernetesObject, among: Neighbours) =>
    among.workloadsWith(valueAt(service, ['spec', 'selector']), service.metadata.namespace).length
  if (reach(before, formerNeighbours) === 0 || reach(after, neighbours) > 0) return []
  return [
    { field: 'spec.selector', sentence: 'It selects no pods of this application any more: nobody answers.' },
  ]
}

/** Hosts that an Ingress serves no more, and hosts that it serves without encryption from now on. */
export function findLostIngress({ change, before, after, neighbours }: ObjectChange): Found[] {
  if (before?.kind !== 'Ingress' || change === 'renamed') return []
  const elsewhere = neighbours.objects.filter(({ kind }) => kind === 'Ingress' || kind === 'HTTPRoute')
  const still = new Set(elsewhere.flatMap(hostsOf))
  const lost = hostsOf(before).filter((host) => !still.has(host))
  const secured = new Set(after && tlsHosts(after))
  const open = after ? tlsHosts(before).filter((host) => !secured.has(host) && still.has(host)) : []
  return [
    ...(lost.length > 0
      ? [
          {
            field: 'spec.rules',
            sentence: `${names(lost)} is served no more: links and clients that use it fail.`,
          },
        ]
      : []),
    ...(open.length > 0
      ? [
          {
            field: 'spec.tls',
            sentence: `${names(open)} is served without TLS: what goes there can be read on the way.`,
          },
        ]
      : []),
  ]
}

function hostsOf(route: KubernetesObject): string[] {
  const hosts = listAt(route, 'spec', 'rules').map(({ host }) => host)
  const routed = valueAt(route, ['spec', 'hostnames'])
  return [...hosts, ...(Array.isArray(routed) ? routed : [])].filter((host) => typeof host === 'string')
}

function tlsHosts(ingress: KubernetesObject): string[] {
  return listAt(ingress, 'spec', 'tls').flatMap(({ hosts }) =>
    Array.isArray(hosts) ? hosts.filter((host) => typeof host === 'string') : [],
  )
}

function names(hosts: readonly string[]): string {
  const more = hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''
  return hosts.slice(0, 3).join(', ') + more
}

/** A NetworkPolicy that lets in or out what it kept away: a rule without peers, or a direction that it guards no more. */
export function findOpenedNetwork({ before, after }: ObjectChange): Found[] {
  if (before?.kind !== 'NetworkPolicy' || !after) return []
  return (['ingress', 'egress'] as const).flatMap((direction): Found[] => {
    const peers = direction === 'ingress' ? 'from' : 'to'
    const verb = direction === 'ingress' ? 'come from' : 'go to'
    if (guards(before, direction) && !guards(after, direction)) {
      return [
        {
          field: 'spec.policyTypes',
          sentence: `Connections may ${verb} anywhere: the policy guards ${direction} no more.`,
        },
      ]
    }
    const known = listAt(before, 'spec', direction)
    const open = listAt(after, 'spec', direction).filter(
      (rule) => isOpen(rule, peers) && !known.some((old) => isOpen(old, peers) && covers(old, rule)),
    )
    if (open.length === 0 || !guards(before, direction)) return []
    return [
      {
        field: `spec.${direction}`,
        sentence: `Connections may ${verb} anywhere: a rule names no peers, or all addresses.`,
      },
    ]
  })
}

function guards(policy: KubernetesObject, direction: 'ingress' | 'egress'): boolean {
  const written = valueAt(policy, ['spec', 'policyTypes'])
  if (Array.isArray(written)) return written.some((type) => String(type).toLowerCase() === direction)
  return direction === 'ingress' || valueAt(policy, ['spec', 'egress']) !== undefined
}

function isOpen(rule: object, peers: 'from' | 'to'): boolean {
  const list = listAt(rule, peers)
  return (
    list.length === 0 ||
    list.some((peer) => ['0.0.0.0/0', '::/0'].includes(String(valueAt(peer, ['ipBlock', 'cidr']))))
  )
}

/** Whether an open rule already let through the ports of another. */
function covers(old: object, young: object): boolean {
  const ports = listAt(old, 'ports')
  return (
    ports.length === 0 ||
    (listAt(young, 'ports').length > 0 &&
      listAt(young, 'ports').every((port) => ports.some((known) => isEqual(known, port))))
  )
}
