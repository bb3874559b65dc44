import type { Action } from '../../domain/action.ts'
import { type Command, usages } from '../../features/commands/command.ts'
import { rightsTable } from '../../features/commands/rights-table.ts'
import { type CommandAnswer, type CommandContext, done, doneView, failed } from './command-answer.ts'
import { decideReview } from '../../features/review/decide-review.ts'
import type { ExplainView } from '../../features/review/review-view.ts'
import { dashboardPage, gatherReviewFacts } from '../review/gather-review-facts.ts'
import { obeyApprove } from './obey-approve.ts'
import { obeyControl } from './obey-control.ts'
import { obeyHotfix } from './obey-hotfix.ts'
import { obeyPromote } from './obey-promote.ts'
import { obeyRevert } from './obey-revert.ts'
import { obeyResume } from './obey-resume.ts'
import { obeyStatus } from './obey-status.ts'
import type { Ports } from '../ports.ts'
import { previewFreeze } from './preview-freeze.ts'
import { recordReviews } from '../review/record-reviews.ts'

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
  promote: obeyPromote,
  revert: obeyRevert,
  freeze: (ports, context, command) =>
    command.isDryRun ? previewFreeze(ports, context) : obeyControl(ports, context),
  unfreeze: obeyControl,
  lock: obeyControl,
  unlock: obeyControl,
  override: obeyControl,
  hotfix: obeyHotfix,
  'ack-delete': obeyControl,
  approve: obeyApprove,
  pin: obeyControl,
  unpin: obeyControl,
  hold: obeyControl,
  unhold: obeyControl,
  pause: obeyControl,
  unpause: obeyControl,
  resume: obeyResume,
  sync,
  recheck: async (ports, context) =>
    done(ports, context, 'every gate is asked again', [
      { kind: 'enqueue', work: { kind: 'review-pull', pull: context.pull.ref }, due: ports.clock.now() },
    ]),
  diff: page('the whole rendered diff is on the dashboard'),
  explain,
  status: obeyStatus,
  help: async (ports, { tip, person }) => {
    const rights = rightsTable(tip.configuration.roles, person)
    return {
      outcome: 'helped',
      body: ports.words.write('notice/help', {
        commands: rights.map(({ verb, may, whoCould }) => ({
          usage: usages[verb],
          summary: summaries[verb],
          may,
          whoCould,
        })),
      }),
      actions: [],
    }
  },
}

const summaries: Record<Verb, string> = {
  promote: 'opens the pull request that carries the running versions to an environment',
  revert: 'opens the pull request that takes a release back to the last good one before it',
  freeze: 'lets nothing start in an environment until it is lifted',
  unfreeze: 'lifts a freeze',
  lock: 'lets only your own changes be released to an environment until it is lifted',
  unlock: 'lifts a lock',
  override: 'opens a closed gate for the present head, once a second person does the same',
  hotfix: 'declares the present head urgent: it passes windows and freezes, with the approvals of a hotfix',
  'ack-delete': 'consents to what this pull request deletes',
  approve: 'approves the present head, for the environments named',
  pin: 'keeps automation from bringing the present version back',
  unpin: 'lifts a pin',
  hold: 'keeps automation from promoting an application into an environment',
  unhold: 'lifts a hold',
  pause:
    'leaves what runs in an environment as it is: nothing is applied, put back or deleted until it is lifted',
  unpause: 'lifts a pause',
  resume: 'accepts the history of a branch that was force-pushed, and judges it from where both parted',
  sync: 'looks at the clusters again at once',
  recheck: 'asks every gate again',
  diff: 'links the whole rendered diff',
  explain: 'says what every gate waits for',
  status: 'says what of this pull request runs where, and what is in its way',
  help: 'shows this list',
}

export function obey(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const handler = table[context.command.verb] as Obey<Verb>
  return handler(ports, context, context.command)
}

/** What every gate says now, and what the reader may do about it. */
async function explain(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const { pull, tip, person } = context
  const merged = await tip.git.mergeTree(pull.baseSha, pull.headSha)
  if ('conflicts' in merged)
    return failed(ports, context, `it conflicts with ${pull.baseBranch}`, 'rebase it')
  const facts = await gatherReviewFacts(ports, pull, { base: pull.baseSha, head: merged.tree })
  await recordReviews(ports, facts, pull.baseSha)
  const { verdicts } = decideReview(facts, ports.self.maskKey, ports.clock.now())
  const rights = rightsTable(tip.configuration.roles, person).filter(({ may }) => may.length > 0)
  const view: ExplainView = {
    by: context.actor.login,
    gates: verdicts.map(({ gate, outcome, reason, details, fix }) => ({
      gate,
      outcome,
      reason,
      details,
      fix: fix ?? '',
    })),
    may: rights.map(({ verb, may }) => `/${verb} ${may.join('; ')}`),
    url: dashboardPage(ports, pull),
  }
  return { outcome: 'explained', body: ports.words.write('notice/explain', view), actions: [] }
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
