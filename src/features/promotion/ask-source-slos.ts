import type { SloDemand } from '../../domain/configuration.ts'
import type { SloState, SourceSlo } from '../../domain/slo.ts'
import type { SourceVerdict } from './evaluate-source.ts'

/**
 * What is through in an environment, unless an SLO there says otherwise. `slos` are the application's in that environment;
 * where it has none, that is said.
 *
 * | demanded     | healthy | breached, whoever caused it | inconclusive or blind |
 * | nothing      | pass    | pass                        | pass                  |
 * | not-breached | pass    | wait                        | pass, and it is said  |
 * | healthy      | pass    | wait                        | wait                  |
 */
export function askSourceSlos(
  verdict: SourceVerdict,
  environment: string,
  demand: SloDemand | undefined,
  slos: readonly SourceSlo[],
): SourceVerdict {
  if (demand === undefined || verdict.outcome !== 'pass') return verdict
  if (slos.length === 0)
    return { ...verdict, details: [...verdict.details, `it has no SLO in ${environment}`] }
  const bad = slos.filter(({ state }) => isBad(state))
  const unknown = slos.filter(({ state }) => !isBad(state) && state !== 'healthy')
  const stopping = demand === 'healthy' ? [...bad, ...unknown] : bad
  const details = [...bad, ...unknown].map(toSentence)
  if (stopping.length === 0) return { ...verdict, details: [...verdict.details, ...details] }
  const reason =
    bad.length > 0 ? `${environment} burns an SLO` : `nobody can tell whether ${environment} keeps its SLOs`
  return { gate: 'promotion', outcome: 'wait', reason, details, through: [] }
}

function isBad(state: SloState): boolean {
  return state === 'breached' || state === 'not-attributable'
}

function toSentence({ name, environment, state, reason }: SourceSlo): string {
  return `SLO “${name}” in ${environment} is ${state}: ${reason}`
}
