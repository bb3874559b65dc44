import type { Context, Hono } from 'hono'
import { fullName, type RepositoryRef } from '../domain/refs.ts'
import type { SloStanding } from '../features/slo/slo-standing.ts'
import { readable, type Visitor } from './access.ts'
import type { DashboardPorts } from './dashboard.ts'
import { messagePage } from './layout.ts'
import { type RepositorySlos, sloFragment, sloPage } from './slo-page.ts'
import { timelinePage } from './timeline-page.ts'

/** Many readers at once are one question to the metrics server; it is scraped no faster. */
const rememberedMs = 15_000

/** Pages on what was released and how it does, each for who may read the repository. */
export function addReleaseRoutes(app: Hono<Visitor>, ports: DashboardPorts): void {
  const { access, clock } = ports
  const remembered = new Map<string, { at: number; standings: Promise<SloStanding[]> }>()

  app.get('/slos', async (context) => context.html(sloPage(await slosFor(context), loginOf(context))))
  app.get('/slos/now', async (context) => context.html(sloFragment(await slosFor(context))))
  app.get('/api/slos', async (context) => context.json(await slosFor(context)))
  app.get('/releases/:owner/:name/:environment/:application', async (context) => {
    const { owner, name, environment, application } = context.req.param()
    const known = ports.named(owner, name)
    const [repository] = await readable(access, context, known ? [known] : [])
    const entries = repository ? await ports.timeline(repository, environment, application) : []
    if (!repository || entries.length === 0) {
      // The same words for what is not there and for what is not for this reader.
      const sentence = `Nothing of ${application} was released to ${environment} from ${owner}/${name}.`
      return context.html(messagePage('Not found', sentence, loginOf(context)), 404)
    }
    const timeline = { repository: fullName(repository), environment, application, entries }
    return context.html(timelinePage(timeline, loginOf(context)))
  })

  async function slosFor(context: Context<Visitor>): Promise<RepositorySlos[]> {
    const shown = await readable(access, context, ports.repositories())
    return Promise.all(
      shown.map(async (repository) => ({
        repository: fullName(repository),
        standings: await standingsOf(repository),
      })),
    )
  }

  function standingsOf(repository: RepositoryRef): Promise<SloStanding[]> {
    const known = remembered.get(repository.id)
    if (known && clock.now() - known.at < rememberedMs) return known.standings
    const standings = ports.slos(repository)
    remembered.set(repository.id, { at: clock.now(), standings })
    standings.catch(() => remembered.delete(repository.id))
    return standings
  }
}

function loginOf(context: Context<Visitor>): string | undefined {
  return context.get('reader')?.login
}
