import type { Finding } from '../../domain/finding.ts'
import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { ObjectDiff } from '../../domain/object-diff.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { noteCodes } from '../diff/dangers.ts'
import {
  countLines,
  groupTargets,
  placeDangers,
  type PlacedDanger,
  type ReviewGroup,
  sum,
} from './review-groups.ts'
import { outcomeIcons, toHeadline } from './review-headline.ts'
import type { ReviewView, Write } from './review-view.ts'

/** Our comment is found by `<!-- drawbridge:review -->` in its first line. */
export const reviewMarker = 'review'

/** GitHub takes 65,536 characters; the rest is room for what GitHub may count differently. */
export const commentLimit = 60_000

/** How much one text taken from elsewhere may say, and one line of a diff. */
const longestText = 400
const longestLine = 1_000

/** One rung of the ladder: what is shown in full, and how many items of each list. */
interface Rung {
  groups: 'full' | 'folded' | 'objects' | 'counts'
  items: number
}

const ladder: Rung[] = [
  { groups: 'full', items: 20 },
  { groups: 'folded', items: 20 },
  { groups: 'objects', items: 15 },
  { groups: 'counts', items: 10 },
  { groups: 'counts', items: 3 },
]

/**
 * The comment on an open pull request as Markdown, at most 60,000 characters: what does not fit is folded per application,
 * then listed per object, then only counted, with a link to the whole.
 */
export function writeReviewComment(write: Write, view: ReviewView): string {
  const groups = groupTargets(view.diff, view.affected)
  let body = ''
  for (const rung of ladder) {
    if (rung.groups === 'full' && sum(groups, weigh) > commentLimit) continue
    body = write('comment/review', toComment(view, groups, rung))
    if (body.length <= commentLimit) return body
  }
  return body.slice(0, commentLimit)
}

function toComment(view: ReviewView, groups: ReviewGroup[], rung: Rung) {
  const dangers = placeDangers(groups)
  const isNote = ({ code }: PlacedDanger) => noteCodes.has(code)
  const findings = view.findings.filter(({ isOld }) => !isOld)
  const oldFindings = view.findings.filter(({ isOld }) => isOld)
  const objects = sum(groups, (group) => group.objects.length)
  return {
    marker: reviewMarker,
    headline: toHeadline(view.verdicts, objects),
    proposal: view.proposal && describeProposal(view.proposal),
    counts: countEverything(view, groups, dangers),
    gates: view.verdicts.map(toGate),
    dangers: cut(dangers.filter((danger) => !isNote(danger)).map(toDanger), rung.items),
    notes: cut(dangers.filter(isNote).map(toDanger), rung.items),
    findings: cut(mergeFindings(findings), rung.items),
    oldFindings: cut(mergeFindings(oldFindings), rung.items),
    approvals: toApprovals(view.approvals),
    groups: cut(toGroups(groups, rung), rung.groups === 'counts' ? rung.items * 10 : 200),
    isCut: rung.groups !== 'full',
    problems: cut(view.problems.map(toProblem), rung.items),
    hasGates: view.verdicts.length > 0,
    dashboard: view.links.dashboard,
    head: view.head.slice(0, 7),
    base: view.base.slice(0, 7),
  }
}

/** The first of a list, and how many there are besides. */
function cut<T>(items: readonly T[], limit: number): { items: T[]; more: number; all: number } | undefined {
  if (items.length === 0) return undefined
  return { items: items.slice(0, limit), more: Math.max(0, items.length - limit), all: items.length }
}

export function clip(text: string, limit = longestText): string {
  return text.length <= limit ? text : `${text.slice(0, limit).replace(/\p{Surrogate}$/u, '')}…`
}

function toGate({ gate, outcome, reason, details }: Verdict) {
  const shown = details.slice(0, 5).map((detail) => clip(detail, 200))
  return {
    icon: outcomeIcons[outcome],
    gate,
    reason: clip(reason),
    details: outcome === 'pass' ? [] : shown,
    more: outcome === 'pass' ? 0 : details.length - shown.length,
  }
}

function toDanger({ application, environments, object, sentence, field }: PlacedDanger) {
  return {
    application,
    environments: environments.join(', '),
    object,
    sentence: clip(sentence),
    field: clip(field, 160),
  }
}

/** A finding once, with all the targets that have it. */
function mergeFindings(findings: readonly Finding[]) {
  const merged = Map.groupBy(findings, ({ policy, object, message, path, target }) =>
    JSON.stringify([policy, formatObjectId(object), message, path, target.application, target.environment]),
  )
  const weight = { error: 0, warning: 1, notice: 2 }
  return [...merged.values()]
    .flatMap(([first]) => (first ? [first] : []))
    .toSorted((left, right) => weight[left.severity] - weight[right.severity])
    .map(({ policy, severity, object, message, fix, path, line, target }) => ({
      severity,
      icon: { error: '⛔', warning: '⚠️', notice: 'ℹ️' }[severity],
      policy,
      object: formatObjectId(object),
      where: `${target.application} in ${target.environment}`,
      message: clip(message),
      fix: clip(fix),
      place: line > 0 ? `${path}:${line}` : path,
    }))
}

function toApprovals(approvals: ReviewView['approvals']) {
  if (!approvals) return undefined
  const missing = [...approvals.missing.teams, ...approvals.missing.users]
  const { counted, notCounted } = approvals
  if (missing.length + counted.length + notCounted.length === 0) return undefined
  return {
    missing: missing.slice(0, 50),
    counted: [...new Set(counted.map(({ login }) => login))].slice(0, 50),
    notCounted: notCounted.slice(0, 20).map(({ login, because }) => ({ login, because: clip(because) })),
  }
}

export function toProblem({ path, line, message, fix }: Problem) {
  return { place: line > 0 ? `${path}:${line}` : path, message: clip(message), fix: clip(fix) }
}

/** Characters that a group's diff takes, roughly. */
function weigh(group: ReviewGroup): number {
  return 400 + sum(group.objects, weighObject)
}

function weighObject(object: ObjectDiff): number {
  return (
    120 + sum(object.hunks, ({ lines }) => 30 + sum(lines, (line) => Math.min(line.length, longestLine) + 1))
  )
}

/** Small groups keep their diff as long as there is room; the others are listed by object, or only counted. */
function toGroups(groups: readonly ReviewGroup[], rung: Rung) {
  let room = rung.groups === 'folded' ? commentLimit * 0.6 : rung.groups === 'full' ? Infinity : 0
  const full = new Set<ReviewGroup>()
  for (const group of groups.toSorted((left, right) => weigh(left) - weigh(right))) {
    room -= weigh(group)
    if (room >= 0) full.add(group)
  }
  return groups.map((group) => toGroup(group, full.has(group), rung.groups !== 'counts'))
}

function toGroup(group: ReviewGroup, isFull: boolean, isListed: boolean) {
  const objects = isListed ? group.objects.slice(0, isFull ? Infinity : 60) : []
  return {
    application: group.application,
    environment: group.environment,
    clusters: group.clusters.slice(0, 12).join(', ') + (group.clusters.length > 12 ? ', …' : ''),
    source: clip(group.source, 200),
    because: group.because && clip(group.because, 200),
    summary: summarise(group),
    objects: objects.map((object) => toObject(object, isFull)),
    more: isListed ? group.objects.length - objects.length : 0,
  }
}

function summarise({ counts }: ReviewGroup): string {
  const kinds = (['changed', 'added', 'removed', 'renamed'] as const).filter((kind) => counts[kind] > 0)
  return (
    kinds.map((kind) => `${counts[kind]} ${kind}`).join(', ') +
    ` · +${counts.plusLines} −${counts.minusLines}`
  )
}

function toObject(object: ObjectDiff, isFull: boolean) {
  return {
    change: object.change,
    name: formatObjectId(object),
    from: object.from && formatObjectId(object.from),
    plus: countLines(object, '+'),
    minus: countLines(object, '-'),
    folded: object.foldedLines,
    diff: isFull && object.hunks.length > 0 ? toPatch(object) : undefined,
  }
}

/** The hunks as text, each under its `@@` line where there are several. */
function toPatch({ hunks }: ObjectDiff): string {
  return hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines.map((line) => clip(line, longestLine)),
    ])
    .join('\n')
}

function countEverything(view: ReviewView, groups: readonly ReviewGroup[], dangers: readonly PlacedDanger[]) {
  const clusters = new Set(view.diff.targets.map(({ target }) => target.cluster))
  return {
    objects: sum(groups, ({ objects }) => objects.length),
    applications: new Set(groups.map(({ application }) => application)).size,
    environments: new Set(groups.map(({ environment }) => environment)).size,
    clusters: clusters.size,
    dangers: dangers.filter(({ code }) => !noteCodes.has(code)).length,
    restarts: dangers.filter(({ code }) => noteCodes.has(code)).length,
    findings: mergeFindings(view.findings.filter(({ isOld }) => !isOld)).length,
    problems: view.problems.length,
    folded: sum(groups, ({ counts }) => counts.foldedLines),
  }
}

function describeProposal(proposal: Proposal): string {
  const names = proposal.applications.join(', ')
  if (proposal.kind === 'promotion') return `Promotion of ${names} from ${proposal.from} to ${proposal.to}`
  return `Revert of ${names} in ${proposal.environment} to ${proposal.good.slice(0, 7)}`
}
