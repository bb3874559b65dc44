import type { RepositoryRef } from '../../domain/refs.ts'
import type { Slo } from '../../domain/slo.ts'
import { ofAllVersions } from '../../features/slo/recorded-steps.ts'
import type { SloStanding } from '../../features/slo/slo-standing.ts'
import { sloStanding } from '../../features/slo/slo-standing.ts'
import { createSloMeter } from './create-slo-meter.ts'
import { judgeWatch, newestRelease } from './judge-watch.ts'
import { measureNow } from './measure-release.ts'
import type { Ports } from '../ports.ts'
import { readTip, type Tip } from '../repository/read-configuration.ts'

const daySeconds = 86_400

/** Of the curve where nothing is suspected: the last hour. */
const [curveSeconds, stepSeconds] = [3_600, 60]

/** How every SLO of a repository stands now, in the order of the configuration. */
export async function readSloStanding(ports: Ports, repository: RepositoryRef): Promise<SloStanding[]> {
  const tip = await readTip(ports, repository, { fetch: false })
  const slos = tip?.configuration.slos ?? []
  return tip ? Promise.all(slos.map((slo) => standingOf(ports, repository, tip, slo))) : []
}

async function standingOf(ports: Ports, repository: RepositoryRef, tip: Tip, slo: Slo): Promise<SloStanding> {
  const now = ports.clock.now()
  const meter = createSloMeter(ports.metrics)
  const state = await ports.ledger.read(repository, slo.environment)
  const release =
    state?.trust === 'trusted' ? await newestRelease(ports, { ...slo, repository }, state) : undefined
  const judged =
    state && release
      ? await judgeWatch({ ...ports, meter }, { repository, tip, slo, state, ...release }, now)
      : undefined
  const { burnRate, blind, scrapeSeconds } = judged?.measured ?? (await measureNow(meter, slo, now))
  const detail = judged?.measured.detail
  const curve = detail
    ? { series: ofAllVersions(detail.steps), stepMs: detail.stepMs }
    : {
        series:
          scrapeSeconds === undefined
            ? undefined
            : await meter.series(slo, {
                from: now - curveSeconds * 1000,
                to: now,
                stepSeconds,
                scrapeSeconds,
              }),
        stepMs: stepSeconds * 1000,
      }
  return sloStanding({
    slo,
    period: await meter.count(slo, slo.windowDays * daySeconds, now),
    release: judged && { attestation: judged.watch.bad, appliedAt: judged.watch.appliedAt },
    judgement: judged?.judgement,
    burnRate,
    series: curve.series ?? [],
    stepMs: curve.stepMs,
    blind,
  })
}
