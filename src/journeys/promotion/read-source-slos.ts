import type { Configuration } from '../../domain/configuration.ts'
import type { SourceSlo } from '../../domain/slo.ts'
import { evaluateSlo } from '../../features/slo/evaluate-slo.ts'
import { createSloMeter } from '../slo/create-slo-meter.ts'
import { measureNow } from '../slo/measure-release.ts'
import type { Ports } from '../ports.ts'

/** How an application's SLOs stand now in the environments that it may come from; none where the one it goes to asks for none. */
export async function readSourceSlos(
  { metrics, clock }: Pick<Ports, 'metrics' | 'clock'>,
  { environments, slos }: Pick<Configuration, 'environments' | 'slos'>,
  { application, from, to }: { application: string; from: readonly string[]; to: string },
): Promise<SourceSlo[]> {
  if (environments.find(({ name }) => name === to)?.promotion?.slos === undefined) return []
  const meter = createSloMeter(metrics)
  const now = clock.now()
  const own = slos.filter((slo) => slo.application === application && from.includes(slo.environment))
  return Promise.all(
    own.map(async (slo) => {
      const { burnRate, blind } = await measureNow(meter, slo, now)
      const { state, reason } =
        blind === undefined ? evaluateSlo(slo, burnRate) : { state: 'blind' as const, reason: blind }
      const { name, environment } = slo
      return { name, application, environment, state, reason }
    }),
  )
}
