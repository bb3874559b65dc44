import { neverFiring, pagingRules } from '../slo/burn-rate-rules.ts'
import { type IndicatorName, latencyBounds } from '../slo/ready-indicators.ts'
import { parseSelector } from '../slo/selector.ts'
import type { SloDocument } from './schema/slo-schema.ts'
import { parseMilliseconds } from './duration.ts'
import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { YamlPath } from './read-yaml.ts'
import { selectorFault } from './selector-fault.ts'
import { unknownEnvironment } from './unknown-environment.ts'

type Written = { [Key in keyof SloDocument]?: SloDocument[Key] | undefined }

/** What is wrong with an SLO of the short form. */
export function checkSlo(slo: Written, at: YamlPath, environments: string[]): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  if (slo.environment !== undefined && !environments.includes(slo.environment)) {
    problems.push(unknownEnvironment([...at, 'environment'], slo.environment, environments))
  }
  if (slo.objective !== undefined)
    problems.push(...checkObjective(slo.objective, slo.window === '30d' ? 30 : 28, [...at, 'objective']))
  return [
    ...problems,
    ...(slo.indicator === undefined ? checkCounters(slo, at) : checkIndicator(slo, slo.indicator, at)),
  ]
}

function checkCounters(slo: Written, at: YamlPath): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  if ((slo.bad === undefined) === (slo.good === undefined)) {
    const sentence =
      slo.bad === undefined ? 'neither bad nor good is written' : 'both bad and good are written'
    problems.push(problem([...at, 'total'], 'slo', sentence, 'count the bad events, or the good ones'))
  }
  if (slo.total === undefined)
    problems.push(problem(at, 'slo', '"total" is missing', 'count all events, or name an indicator'))
  for (const key of ['service', 'namespace', 'within'] as const) {
    if (slo[key] !== undefined)
      problems.push(problem([...at, key], 'slo', 'is of an indicator, and there is none', 'add indicator'))
  }
  for (const key of ['bad', 'good', 'total'] as const) {
    const selector = slo[key]
    const fault = selector === undefined ? undefined : faultOf(selector)
    const fix = 'write a counter such as http_requests_total{app="checkout",code=~"5.."}'
    if (fault !== undefined) problems.push(problem([...at, key], 'selector', `the selector ${fault}`, fix))
  }
  return problems
}

/** What is found wrong roughly is told well; what is not understood in the end is asked for by nobody. */
function faultOf(text: string): string | undefined {
  const fault = selectorFault(text)
  if (fault !== undefined) return fault
  const selector = parseSelector(text)
  return 'reason' in selector ? 'has an escape or a quote that is not understood' : undefined
}

function checkIndicator(slo: Written, indicator: IndicatorName, at: YamlPath): PlacedProblem[] {
  const problems = (['bad', 'good', 'total'] as const)
    .filter((key) => slo[key] !== undefined)
    .map((key) => problem([...at, key], 'slo', `${key} and indicator are both given`, 'keep one of them'))
  if (slo.namespace !== undefined && indicator.startsWith('envoy-'))
    problems.push(
      problem(
        [...at, 'namespace'],
        'slo',
        'Envoy counts by cluster alone',
        'write the name of the cluster as service',
      ),
    )
  if (slo.within === undefined) return problems
  const milliseconds = parseMilliseconds(slo.within)
  const bounds = latencyBounds(indicator)
  if (milliseconds !== undefined && bounds.includes(milliseconds)) return problems
  const known = bounds.map((bound) => (bound < 1000 ? `${bound}ms` : `${bound / 1000}s`)).join(', ')
  const sentence = `${slo.within} is no bound of what ${indicator} counts, so nothing would be known`
  return [
    ...problems,
    problem(
      [...at, 'within'],
      'slo',
      sentence,
      `write one of ${known}; or good and total, where you set other bounds`,
    ),
  ]
}

function checkObjective(objective: number, windowDays: 28 | 30, at: YamlPath): PlacedProblem[] {
  if (objective > 0 && objective < 1) {
    const percent = Number((objective * 100).toPrecision(12))
    return [problem(at, 'objective', `${objective} is a share, not a percentage`, `write ${percent}`)]
  }
  if (objective <= 0 || objective >= 100) {
    return [
      problem(
        at,
        'objective',
        `${objective} is not above 0 and below 100`,
        'write a percentage such as 99.9',
      ),
    ]
  }
  const dead = neverFiring(objective / 100, pagingRules({ windowDays }))
  return dead ? [problem(at, 'objective', dead.sentence, dead.fix)] : []
}
