import type { Action } from '../domain/action.ts'
import type { Pull } from '../domain/pull.ts'
import type { Actor } from '../domain/refs.ts'
import { type Command, toInstant, usages } from '../features/commands/command.ts'
import { changeControls } from '../features/release/change-controls.ts'
import type { CommandPlace } from './command-places.ts'
import { dashboardPage } from './gather-review-facts.ts'
import type { Ports } from './ports.ts'
import { proposePromotion } from './propose-promotion.ts'
import { proposeRevert } from './propose-revert.ts'
import type { Tip } from './read-configuration.ts'
import { loadFiles } from './render-revision.ts'

export interface CommandContext {
  pull: Pull
  tip: Tip
  actor: Actor
  command: Command
  places: CommandPlace[]
}

/** What is done and what is said. Nothing was written yet. */
export interface CommandAnswer {
  outcome: string
  body: string
  actions: Action[]
}

type Verb = Command['verb']
/** The member of the union that a verb belongs to. */
type CommandOf<V extends Verb, C = Command> = C extends { verb: Verb }
  ? V extends C['verb']
    ? C
    : never
  : never
type Obey<V extends Verb> = (
  ports: Ports,
  context: CommandContext,
  command: CommandOf<V>,
) => Promise<CommandAnswer>

/** One line for each command; a new one is one more. */
const table: { [V in Verb]: Obey<V> } = {
  promote,
  revert,
  freeze: (ports, context, command) => control(ports, context, command.environment),
  unfreeze: (ports, context, command) => control(ports, context, command.environment),
  pin: (ports, context, command) => control(ports, context, command.environment),
  unpin: (ports, context, command) => control(ports, context, command.environment),
  hold: (ports, context, command) => control(ports, context, command.environment),
  unhold: (ports, context, command) => control(ports, context, command.environment),
  sync,
  recheck: async (ports, context) =>
    done(ports, context, 'every gate is asked again', [
      { kind: 'enqueue', work: { kind: 'review-pull', pull: context.pull.ref }, due: ports.clock.now() },
    ]),
  diff: page('the whole rendered diff is on the dashboard'),
  explain: page('the first comment says what every gate waits for; the whole reasoning is on the dashboard'),
  status: page('the first comment shows every cluster; the board shows all applications'),
  help: async (ports) => ({
    outcome: 'helped',
    body: ports.words.write('notice/help', {
      commands: Object.entries(usages).map(([verb, usage]) => ({ usage, summary: summaries[verb as Verb] })),
    }),
    actions: [],
  }),
}

const summaries: Record<Verb, string> = {
  promote: 'opens the pull request that carries the running versions to an environment',
  revert: 'opens the pull request that takes an application back to its last good release',
  freeze: 'lets nothing start in an environment until it is lifted',
  unfreeze: 'lifts a freeze',
  pin: 'keeps automation from bringing the present version back',
  unpin: 'lifts a pin',
  hold: 'keeps automation from promoting an application into an environment',
  unhold: 'lifts a hold',
  sync: 'looks at the clusters again at once',
  recheck: 'asks every gate again',
  diff: 'links the whole rendered diff',
  explain: 'says what every gate waits for',
  status: 'says where this pull request runs',
  help: 'shows this list',
}

export function obey(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const handler = table[context.command.verb] as Obey<Verb>
  return handler(ports, context, context.command)
}

async function promote(
  ports: Ports,
  context: CommandContext,
  command: CommandOf<'promote'>,
): Promise<CommandAnswer> {
  const { tip, pull, actor, places } = context
  const environment = tip.configuration.environments.find(({ name }) => name === command.environment)
  const rule = environment?.promotion
  if (!rule) {
    const known = tip.configuration.environments.filter(({ promotion }) => promotion).map(({ name }) => name)
    return failed(
      ports,
      context,
      `nothing is promoted to "${command.environment}"`,
      `name one of ${known.join(', ')}`,
    )
  }
  const from = await ports.ledger.read(pull.ref.repository, rule.from)
  if (from?.trust !== 'trusted')
    return failed(ports, context, `${rule.from} has no release yet`, 'wait until something runs there')
  const files = await loadFiles(tip.git, tip.sha)
  const toState = await ports.ledger.read(pull.ref.repository, command.environment)
  const actions: Action[] = []
  const lines: string[] = []
  for (const { application } of places) {
    const proposed = await proposePromotion(ports, {
      repository: pull.ref.repository,
      tip,
      files,
      application,
      from,
      to: command.environment,
      toState,
      requestedBy: actor,
    })
    if (proposed.kind !== 'open') {
      lines.push(`${application}: ${proposed.reason}`)
      continue
    }
    if (!command.isDryRun) actions.push(proposed.action)
    lines.push(
      ...proposed.moves.map(({ image, before, after }) => `${application}: ${image} ${before} → ${after}`),
    )
  }
  const opened = actions.length
  const summary = command.isDryRun
    ? 'this is what a promotion would carry; nothing was opened'
    : opened > 0
      ? `${opened} promotion ${opened === 1 ? 'pull request is' : 'pull requests are'} open; your own approval does not count there`
      : 'there is nothing to promote'
  return done(ports, context, summary, actions, lines)
}

async function revert(
  ports: Ports,
  context: CommandContext,
  command: CommandOf<'revert'>,
): Promise<CommandAnswer> {
  const { tip, pull, actor, places } = context
  const actions: Action[] = []
  const lines: string[] = []
  for (const place of places) {
    const state = await ports.ledger.read(pull.ref.repository, place.environment)
    const bad = state?.attestations.find(({ target }) => target.application === place.application)
    if (!bad) continue
    const proposed = await proposeRevert(ports, {
      repository: pull.ref.repository,
      tip,
      bad,
      cause: 'command',
      requestedBy: actor,
      evidence: { verdict: `Asked for on #${pull.ref.number}.` },
    })
    if (proposed.kind === 'open') actions.push(proposed.action)
    lines.push(
      proposed.kind === 'open'
        ? `${place.application} in ${place.environment}: back to ${proposed.good.revision.slice(0, 7)}`
        : `${place.application} in ${place.environment}: ${proposed.reason}`,
    )
  }
  if (actions.length === 0) {
    const reason =
      lines.length > 0
        ? lines.join('; ')
        : `nothing of this pull request runs${command.environment ? ` in ${command.environment}` : ''}`
    return failed(ports, context, reason, 'name the application and the environment: /revert checkout prod')
  }
  return done(
    ports,
    context,
    `${actions.length} revert ${actions.length === 1 ? 'pull request is' : 'pull requests are'} open`,
    actions,
    lines,
  )
}

/** Freezes, pins and holds are files of the environment's rendered ref. */
async function control(ports: Ports, context: CommandContext, environment: string): Promise<CommandAnswer> {
  const { pull, actor, command } = context
  const state = await ports.ledger.read(pull.ref.repository, environment)
  if (state?.trust !== 'trusted') {
    return failed(
      ports,
      context,
      `there is no environment "${environment}" with a rendered ref of ours`,
      'name an environment of .drawbridge.yaml',
    )
  }
  const now = ports.clock.now()
  const until = command.verb === 'freeze' && command.until ? toInstant(command.until, now) : undefined
  const change = changeControls(state, command, { by: actor.login, at: now, until })
  if (change.kind === 'unchanged')
    return failed(ports, context, change.reason, '/status shows what is in force')
  const actions: Action[] = [
    {
      kind: 'commit-ledger',
      repository: pull.ref.repository,
      environment,
      expected: state.commit,
      change: { releases: [], removed: [], controls: change.controls },
      message: `${command.verb} ${environment}: ${change.summary}`,
    },
    { kind: 'enqueue', work: { kind: 'sweep', repository: pull.ref.repository }, due: now },
  ]
  return done(ports, context, change.summary, actions)
}

async function sync(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const { pull, places } = context
  const states = await Promise.all(
    [...new Set(places.map(({ environment }) => environment))].map((name) =>
      ports.ledger.read(pull.ref.repository, name),
    ),
  )
  const targets = states.flatMap((state) => state?.attestations.map(({ target }) => target) ?? [])
  const own = targets.filter((target) =>
    places.some(
      ({ application, environment }) =>
        application === target.application && environment === target.environment,
    ),
  )
  const actions = own.map((target): Action => ({
    kind: 'enqueue',
    work: { kind: 'reconcile-target', repository: pull.ref.repository, target },
    due: ports.clock.now(),
  }))
  return done(
    ports,
    context,
    `${own.length} ${own.length === 1 ? 'target is' : 'targets are'} looked at again`,
    actions,
  )
}

function page(summary: string): (ports: Ports, context: CommandContext) => Promise<CommandAnswer> {
  return async (ports, context) => ({
    ...done(ports, context, summary, []),
    body: ports.words.write('notice/done', {
      ...doneView(context, summary, []),
      link: { text: 'Open it', url: dashboardPage(ports, context.pull) },
    }),
  })
}

function done(
  ports: Ports,
  context: CommandContext,
  summary: string,
  actions: Action[],
  details: string[] = [],
): CommandAnswer {
  return {
    outcome: 'obeyed',
    body: ports.words.write('notice/done', doneView(context, summary, details)),
    actions,
  }
}

function doneView({ command, actor }: CommandContext, summary: string, details: string[]) {
  return { command: `/${command.verb}`, by: actor.login, summary, details }
}

function failed(
  ports: Ports,
  { command, actor }: CommandContext,
  reason: string,
  fix: string,
): CommandAnswer {
  const view = { command: `/${command.verb}`, by: actor.login, reason, whoCould: [], fix }
  return { outcome: 'impossible', body: ports.words.write('notice/refused', view), actions: [] }
}
