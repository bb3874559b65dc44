import type { PodRestart } from '../../domain/object-diff.ts'
import type { ReviewGroup } from './review-groups.ts'
import { sum } from './review-groups.ts'

/** Of one workload: `3 pods restart`, `1 pod restarts, with a downtime`. */
export function describePods({ replicas, strategy }: PodRestart): string {
  const pods = replicas === undefined ? 'its pods restart' : `${counted(replicas, 'pod')} ${verb(replicas)}`
  return `${pods}${manner[strategy]}`
}

const manner: Record<PodRestart['strategy'], string> = {
  RollingUpdate: '',
  Recreate: ', with a downtime',
  OnDelete: ' when they are deleted',
}

/** Of the whole change, on every cluster: `2 workloads restart (5 pods), 1 with a downtime`. */
export function describeRestarts(groups: readonly ReviewGroup[]): string | undefined {
  const restarts = groups.flatMap(({ objects, clusters }) =>
    objects.flatMap(({ restart }) => (restart ? [{ ...restart, clusters: clusters.length }] : [])),
  )
  if (restarts.length === 0) return undefined
  const pods = sum(restarts, ({ replicas = 0, clusters }) => replicas * clusters)
  const stopped = restarts.filter(({ strategy }) => strategy === 'Recreate').length
  const workloads = `${counted(restarts.length, 'workload')} ${verb(restarts.length)}`
  return `${workloads}${pods > 0 ? ` (${counted(pods, 'pod')})` : ''}${stopped > 0 ? `, ${stopped.toLocaleString('en-US')} with a downtime` : ''}`
}

function counted(number: number, thing: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? thing : `${thing}s`}`
}

function verb(number: number): string {
  return number === 1 ? 'restarts' : 'restart'
}
