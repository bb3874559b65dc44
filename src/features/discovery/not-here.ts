import type { Problem } from '../../domain/problem.ts'

/** Who delivers something, in words (`HelmRelease web`), and where that is written. */
export interface Deliverer {
  author: string
  definedIn: string
  line: number
}

const commitIt = 'nothing has to be done; to have it shown, commit what it renders to this repository'

/** A chart that the repository only names, and of which no version is allowed. `from` is an address, or what is known of it. */
export function chartIsRemote(deliverer: Deliverer, chart: string, from: string): Problem {
  return notice(
    deliverer,
    'CHART_IS_REMOTE',
    `${deliverer.author} delivers the chart ${chart} from ${from || 'a registry'}, which is not in this repository`,
    'nothing has to be done; to have it shown, allow it by its hash under `charts` in .drawbridge.yaml, or commit it and name its folder',
  )
}

/** Something that is delivered from another place than this repository. */
export function sourceIsElsewhere(deliverer: Deliverer, path: string, where: string): Problem {
  return notice(
    deliverer,
    'SOURCE_IS_ELSEWHERE',
    `${deliverer.author} delivers ${path} of ${where}`,
    commitIt,
  )
}

/** A folder that another revision may have, or that what is delivered brings itself. */
export function pathIsMissing(deliverer: Deliverer, path: string): Problem {
  return notice(
    deliverer,
    'SOURCE_IS_MISSING',
    `${deliverer.author} delivers the folder ${path}, which is not in this revision of the repository`,
    'correct the path, or add the folder',
  )
}

/** What the files alone do not say. */
export function undetermined(deliverer: Deliverer, reason: string): Problem {
  return notice(
    deliverer,
    'APPLICATION_UNDETERMINED',
    `what ${deliverer.author} delivers cannot be determined: ${reason}`,
    commitIt,
  )
}

/** Values that are not known, without which a chart is rendered. */
export function valuesUnknown(deliverer: Deliverer, reason: string): Problem {
  return notice(
    deliverer,
    'VALUES_UNKNOWN',
    `${deliverer.author} is rendered without some of its values: ${reason}`,
    'nothing has to be done; values that may be seen can stand in `values`, or in a ConfigMap of the repository',
  )
}

function notice({ definedIn, line }: Deliverer, code: string, message: string, fix: string): Problem {
  return { code, path: definedIn, line, message, fix }
}
