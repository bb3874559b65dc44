import type { Finding } from '../../domain/finding.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { noteCodes } from '../diff/dangers.ts'
import { clip, commentLimit, sizeOf } from './comment-size.ts'
import { describeRestarts } from './describe-restarts.ts'
import { mergeFindings, type PolicyFindings } from './merge-findings.ts'
import { describePlaces, placeDangers, type PlacedDanger } from './place-dangers.ts'
import { groupTargets, type ReviewGroup, sum } from './review-groups.ts'
import { listNames, nextSteps, outcomeIcons, toHeadline } from './review-headline.ts'
import type { ReviewView, Write } from './review-view.ts'
import { type Detail, fitsInTheOpen, showGroups, weighGroup } from './show-groups.ts'

/** Our comment is found by `<!-- drawbridge:review -->` in its first line. */
export const reviewMarker = 'review'

/** One rung of the ladder: how much of the changes is shown, how many items of each list, how much of one text. */
interface Rung extends Detail {
  items: number
  text: number
}

const ladder: Rung[] = [
  { room: Infinity, listed: 0, groups: 300, items: 10, text: 400 },
  { room: 36_000, listed: 40, groups: 200, items: 10, text: 400 },
  { room: 28_000, listed: 8, groups: 150, items: 8, text: 400 },
  { room: 12_000, listed: 3, groups: 150, items: 8, text: 400 },
  { room: 0, listed: 8, groups: 150, items: 6, text: 400 },
  { room: 0, listed: 0, groups: 150, items: 5, text: 300 },
  { room: 0, listed: 0, groups: 20, items: 3, text: 100 },
  { room: 0, listed: 0, groups: 0, items: 0, text: 60 },
]

/**
 * The comment on an open pull request as Markdown, at most 60,000 characters however they are counted. What does not fit is
 * folded per application, then listed per object, then only counted, with a link to the whole.
 */
export function writeReviewComment(write: Write, view: ReviewView): string {
  const groups = groupTargets(view.diff, view)
  const isTooLarge = sum(groups, weighGroup) > commentLimit
  const isOpen = fitsInTheOpen(groups)
  let body = ''
  for (const rung of ladder) {
    if (rung.room === Infinity && isTooLarge) continue
    body = write('comment/review', toComment(view, groups, { ...rung, isOpen }))
    if (sizeOf(body) <= commentLimit) return body
  }
  return body
}

function toComment(view: ReviewView, groups: ReviewGroup[], rung: Rung) {
  const placed = placeDangers(groups)
  const dangers = placed.filter(({ code }) => !noteCodes.has(code))
  const notes = placed.filter(({ code }) => noteCodes.has(code))
  const { dashboard } = view.links
  return {
    marker: reviewMarker,
    headline: toHeadline(view.verdicts, describeMeaning(view, groups)),
    proposal: view.proposal && clip(describeProposal(view.proposal), 300),
    hotfixUntil: view.hotfixUntil,
    attention: listAttention(dangers, view.findings, view.problems),
    facts: groups.length > 0 ? listFacts(view, groups) : undefined,
    dangers: cut(dangers, rung.items).map((danger) => toDanger(danger, rung, dashboard)),
    notes: cut(notes, rung.items).map((danger) => toDanger(danger, rung, dashboard)),
    changes: groups.length > 0 ? showGroups(groups, view.diff.targets, rung, dashboard) : undefined,
    isCut: rung.room < Infinity,
    findings: toFindings(findingsThat(view, false), rung),
    oldFindings: toFindings(findingsThat(view, true), rung),
    problems: cut(view.problems, rung.items).map((problem) => toProblem(problem, rung.text)),
    notices: cut(view.notices ?? [], rung.items).map((notice) => toProblem(notice, rung.text)),
    afterMerge: toAfterMerge(view.afterMerge, rung),
    gates: view.verdicts.map((verdict) => toGate(verdict, rung)),
    openGates: toOpenGates(view.verdicts),
    approvals: toApprovals(view.approvals, rung),
    next: nextSteps(view.verdicts).map((step) => clip(step, rung.text)),
    hasGates: view.verdicts.length > 0,
    dashboard,
    notShown: view.notShown,
    head: view.head.slice(0, 7),
    base: view.base.slice(0, 7),
  }
}

/** The rules are judged by those of the base; what they would change is for people to know before they agree. */
function toAfterMerge(after: ReviewView['afterMerge'], rung: Rung) {
  if (!after || after.rules.length === 0) return undefined
  const { effects } = after
  return {
    rules: after.rules.slice(0, Math.max(1, rung.items)).map((path) => clip(path, rung.text)),
    moreRules: after.rules.length - Math.min(after.rules.length, Math.max(1, rung.items)),
    effects: cut(effects?.sentences ?? [], rung.items * 5).map((sentence) => clip(sentence, rung.text)),
    isLooked: effects !== undefined,
    looked: effects?.looked ?? 0,
    notLooked: effects ? effects.all - effects.looked : 0,
  }
}

function findingsThat({ findings }: ReviewView, areOld: boolean): PolicyFindings[] {
  return mergeFindings(findings.filter(({ isOld }) => isOld === areOld))
}

/** The first of a list, and how many there are besides. */
interface Cut<T> {
  items: T[]
  more: number
  all: number
}

function cut<T>(items: readonly T[], limit: number) {
  return {
    map<U>(present: (item: T) => U): Cut<U> | undefined {
      if (items.length === 0) return undefined
      return {
        items: items.slice(0, limit).map(present),
        more: Math.max(0, items.length - limit),
        all: items.length,
      }
    },
  }
}

/** `Changes 3 of 214 applications in staging and prod` */
function describeMeaning({ applications, problems }: ReviewView, groups: readonly ReviewGroup[]): string {
  if (groups.length === 0) {
    const isUnknown = problems.some(({ code }) => code === 'NOT_COMPARED')
    return isUnknown
      ? 'Nothing that renders changes, but not all of it renders'
      : 'Nothing renders differently'
  }
  const changed = new Set(groups.map(({ application }) => application)).size
  const environments = [...new Set(groups.map(({ environment }) => clip(environment, 60)))]
  const all =
    applications === undefined || applications < changed ? '' : ` of ${applications.toLocaleString('en-US')}`
  const noun = (all === '' ? changed : applications) === 1 ? 'application' : 'applications'
  return `Changes ${changed.toLocaleString('en-US')}${all} ${noun} in ${listNames(environments, 5, 'environments')}`
}

/** What needs a person's eyes, by kind. */
function listAttention(
  dangers: readonly PlacedDanger[],
  findings: readonly Finding[],
  problems: readonly Problem[],
) {
  const fresh = findings.filter(({ isOld, severity }) => !isOld && severity !== 'notice')
  const counts = {
    dangers: dangers.length,
    findings: sum(mergeFindings(fresh), ({ places }) => places.length),
    problems: problems.length,
  }
  const kinds = Object.entries(counts).filter(([, count]) => count > 0)
  return {
    all: sum(kinds, ([, count]) => count),
    kinds: kinds.map(([kind, count]) => countThings(count, kind.slice(0, -1))).join(', '),
  }
}

function countThings(count: number, thing: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? thing : `${thing}s`}`
}

function listFacts(view: ReviewView, groups: readonly ReviewGroup[]) {
  return {
    objects: sum(groups, ({ objects }) => objects.length),
    clusters: new Set(view.diff.targets.map(({ target }) => target.cluster)).size,
    plus: sum(groups, ({ counts }) => counts.plusLines),
    minus: sum(groups, ({ counts }) => counts.minusLines),
    folded: sum(groups, ({ counts }) => counts.foldedLines),
    restarts: describeRestarts(groups),
  }
}

function toDanger({ places, object, sentence, fields, anchor }: PlacedDanger, { text }: Rung, link?: string) {
  return {
    where: clip(describePlaces(places), text),
    object: clip(object, 260),
    sentence: clip(sentence, text),
    fields: fields.slice(0, 3).map((field) => clip(field, 120)),
    moreFields: Math.max(0, fields.length - 3),
    link: link && `${link}#${anchor}`,
  }
}

const severityIcons = { error: '⛔', warning: '⚠️', notice: 'ℹ️' } as const

function toFindings(findings: readonly PolicyFindings[], { items, text }: Rung) {
  const shown = cut(findings, items).map(({ policy, severity, fix, places }) => ({
    icon: severityIcons[severity],
    policy: clip(policy, 100),
    fix: clip(fix, text),
    places: places.slice(0, items).map(({ where, object, message, path, line }) => ({
      where: clip(where, 160),
      object: clip(object, 260),
      message: clip(message, text),
      place: clip(line > 0 ? `${path}:${line}` : path, 260),
    })),
    more: Math.max(0, places.length - items),
  }))
  return shown && { ...shown, all: sum(findings, ({ places }) => places.length) }
}

export function toProblem({ path, line, message, fix }: Problem, text = 400) {
  return {
    place: clip(line > 0 ? `${path}:${line}` : path, 260),
    message: clip(message, text),
    fix: clip(fix, text),
  }
}

/** Where there is nothing to read in the table; what somebody overrides stays in sight. */
function toOpenGates(verdicts: readonly Verdict[]): { icon: string; all: number } | undefined {
  const areOpen = verdicts.every(({ outcome, overriddenBy }) => outcome === 'pass' && !overriddenBy)
  return areOpen && verdicts.length > 0 ? { icon: outcomeIcons.pass, all: verdicts.length } : undefined
}

function toGate({ gate, outcome, reason, details }: Verdict, { items, text }: Rung) {
  const shown =
    outcome === 'pass' ? [] : details.slice(0, Math.min(5, items)).map((detail) => clip(detail, 200))
  return {
    icon: outcomeIcons[outcome],
    gate,
    reason: clip(reason, text),
    details: shown,
    more: outcome === 'pass' ? 0 : details.length - shown.length,
  }
}

function toApprovals(approvals: ReviewView['approvals'], { items, text }: Rung) {
  if (!approvals) return undefined
  const missing = [...approvals.missing.teams, ...approvals.missing.users]
  const { counted, notCounted } = approvals
  if (missing.length + counted.length + notCounted.length === 0) return undefined
  const names = (list: readonly string[]) => list.slice(0, items * 4).map((name) => clip(name, 100))
  return {
    missing: names(missing),
    counted: names([...new Set(counted.map(({ login }) => login))]),
    notCounted: notCounted
      .slice(0, items)
      .map(({ login, because }) => ({ login: clip(login, 100), because: clip(because, text) })),
  }
}

function describeProposal(proposal: Proposal): string {
  const names = proposal.applications.join(', ')
  if (proposal.kind === 'promotion')
    return `Promotion of ${names} from ${proposal.from.join(', ')} to ${proposal.to}`
  return `Revert of ${names} in ${proposal.environment} to ${proposal.good.slice(0, 7)}`
}
