import type { ChartPin } from '../../domain/chart-pin.ts'
import { type Problem, uniqueProblems } from '../../domain/problem.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { applicationsOfSet } from './argo-application-sets.ts'
import {
  type ArgoApplication,
  type ArgoContext,
  type ArgoDeliveries,
  applicationDeliveries,
} from './argo-applications.ts'
import { argoClusters } from './argo-clusters.ts'
import { findOwnAddresses } from './argo-repository.ts'
import { asMapping } from './fields.ts'
import { mostSources } from './repository-limits.ts'
import type { ObjectFile } from './repository-objects.ts'

interface Found {
  object: KubernetesObject
  path: string
  line: number
}

/**
 * What Argo CD's Applications and ApplicationSets deliver from this repository. What they deliver besides, and what
 * cannot be known from the files alone, are notices: nobody has to act on them.
 */
export function argoDeliveries(
  objectFiles: readonly ObjectFile[],
  files: RepositoryFiles,
  index: RepositoryIndex,
  charts: readonly ChartPin[],
): ArgoDeliveries & { applications: number } {
  const found = argoObjects(objectFiles)
  const context: ArgoContext = {
    files,
    index,
    clusters: argoClusters(objectFiles),
    charts,
    isOwnAddress: findOwnAddresses(
      found.map(({ object }) => asMapping(object.spec)),
      index,
    ),
  }
  const notices: Problem[] = []
  const applications: ArgoApplication[] = []
  for (const each of found) {
    // A few lines make thousands, so that many sets would hardly come to an end: beyond the limit all is refused.
    if (applications.length > mostSources) break
    const { object, path, line } = each
    if (object.kind === 'Application') applications.push(toApplication(each))
    else {
      const made = applicationsOfSet(object, path, line, context)
      notices.push(...made.notices)
      applications.push(...made.applications)
    }
  }
  const delivered = applications.map((application) => applicationDeliveries(application, context))
  return {
    applications: applications.length,
    deliveries: delivered.flatMap(({ deliveries }) => deliveries),
    // An ApplicationSet says the same of many applications.
    notices: uniqueProblems([...notices, ...delivered.flatMap((each) => each.notices)]),
  }
}

function argoObjects(objectFiles: readonly ObjectFile[]): Found[] {
  return objectFiles
    .flatMap(({ path, objects }) => objects.map(({ object, line }) => ({ object, path, line })))
    .filter(({ object }) => object.apiVersion.startsWith('argoproj.io/'))
    .filter(({ object }) => object.kind === 'Application' || object.kind === 'ApplicationSet')
}

function toApplication({ object, path, line }: Found): ArgoApplication {
  const { name } = object.metadata
  return { name, spec: asMapping(object.spec), definedIn: path, line, author: `Application ${name}` }
}
