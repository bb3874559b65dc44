import { isDeepStrictEqual } from 'node:util'
import * as fc from '../../properties.ts'
import { describe, expect, it } from 'vitest'
import type { ObjectDiff } from '../../../src/domain/object-diff.ts'
import type { Verdict } from '../../../src/domain/verdict.ts'
import { sizeOf } from '../../../src/features/review/comment-size.ts'
import type { ReviewView } from '../../../src/features/review/review-view.ts'
import { writeCheck } from '../../../src/features/review/write-check.ts'
import { writeReviewComment } from '../../../src/features/review/write-review-comment.ts'
import { writeRolloutBoard } from '../../../src/features/review/write-rollout-board.ts'
import { hostileText, hostileTexts } from './hostile-text.ts'
import { live, readByMarked, readByRemark } from './read-markdown.ts'
import { messages } from './message-views.ts'
import { write } from './review-builders.ts'

const dashboard = 'https://drawbridge.example/pulls/shop/gitops/7'

/** A view in which the same text stands wherever a text of somebody else's can stand. */
function everywhere(text: string): ReviewView {
  const target = { application: text, environment: text, cluster: text }
  const object = { group: text, version: 'v1', kind: text, namespace: text, name: text }
  const change = (name: string, edits: Partial<ObjectDiff>): ObjectDiff => ({
    ...object,
    name: `${text}${name}`,
    change: 'changed',
    dangers: [],
    fields: [],
    hunks: [],
    foldedLines: 0,
    ...edits,
  })
  const danger = (code: string) => ({ code, field: text, sentence: text })
  const elsewhere = { ...target, application: `${text}y` }
  const sums = (cpuMillicores: number) => ({ cpuMillicores, memoryBytes: 2 ** 30 })
  const hunk = {
    section: text,
    oldStart: 1,
    oldLines: 1,
    newStart: 1,
    newLines: 1,
    lines: [` ${text}`, `-${text}`, `+${text}`],
  }
  const finding = { policy: text, target, object, message: text, fix: text, path: text, line: 1 }
  const problem = { code: text, path: text, line: 2, message: text, fix: text }
  return {
    head: 'b'.repeat(40),
    base: 'a'.repeat(40),
    applications: 3,
    environments: [text],
    diff: {
      base: 'a',
      head: 'b',
      problems: [],
      targets: [
        {
          target,
          source: text,
          objects: [
            change('1', {
              dangers: [danger('replicas-to-zero'), danger('pods-restart')],
              fields: [
                { field: 'spec.image', before: text, after: `${text}2` },
                { field: text, isOrder: true, before: [text], after: [text] },
              ],
              restart: { reasons: [text], replicas: 3, strategy: 'Recreate' },
              hunks: [hunk],
            }),
            change('4', { change: 'added', movedFrom: elsewhere, hunks: [hunk] }),
            change('5', { change: 'removed', movedTo: elsewhere }),
            change('2', { change: 'renamed', from: object, hunks: [hunk], foldedLines: 3 }),
          ],
        },
        {
          target: { ...target, application: `${text}z` },
          source: text,
          from: { target: elsewhere, source: `${text}x` },
          requests: { before: sums(250), after: sums(1_500) },
          objects: [change('3', { foldedLines: 1 })],
        },
        {
          target: { ...target, application: `${text}w` },
          source: text,
          continuedIn: [elsewhere],
          objects: [],
        },
      ],
    },
    affected: [{ application: text, environment: text, source: text, because: text }],
    verdicts: verdictsSaying(text),
    findings: [
      { ...finding, severity: 'error', isOld: false },
      { ...finding, severity: 'warning', isOld: true },
    ],
    problems: [problem],
    approvals: {
      missing: { users: [text], teams: [text] },
      counted: [{ login: text }],
      notCounted: [{ login: text, because: text }],
    },
    proposal: { kind: 'promotion', applications: [text], from: [text], to: text },
    links: { dashboard },
  }
}

function verdictsSaying(text: string): Verdict[] {
  return [
    { gate: 'policy', outcome: 'block', reason: text, details: [text], fix: text },
    { gate: 'window', outcome: 'wait', reason: text, details: [text], until: 0, fix: `${text}2` },
  ]
}

/** Every string of a view replaced, but for the words that say which of several things it is. */
function replaceTexts(view: unknown, text: string, keep: ReadonlySet<string>): unknown {
  if (typeof view === 'string') return text
  if (Array.isArray(view)) return view.map((item) => replaceTexts(item, text, keep))
  if (typeof view !== 'object' || view === null) return view
  return Object.fromEntries(
    Object.entries(view).map(([key, value]) => [
      key,
      keep.has(key) ? value : replaceTexts(value, text, keep),
    ]),
  )
}

const allowedTags =
  /^(<!-- drawbridge:review -->|<details( open)?>|<\/details>|<summary>|<\/summary>|<b>|<\/b>|<sub>|<\/sub>|<code>|<\/code>|<br>)$/

/** What is wrong with a text: nothing where its structure is that of harmless texts and nothing in it is live. */
function faultsOf(body: string, harmless: string, addresses = ours): string[] {
  const faults = [readByMarked, readByRemark].flatMap((read) => {
    const { skeleton, tags, addresses: found, text } = read(body)
    const words = text.replaceAll(harmlessWords, '')
    const meant = read(harmless).text
    return [
      ...(isDeepStrictEqual(skeleton, read(harmless).skeleton)
        ? []
        : [`another structure: ${skeleton.join(' ')}`]),
      ...tags.filter((tag) => !allowedTags.test(tag)),
      ...found.filter((address) => !addresses.test(address)),
      // What a template itself links, such as the pull request that is taken back, is in the harmless text as often.
      ...live.flatMap(([name, pattern]) => (timesIn(words, pattern) > timesIn(meant, pattern) ? [name] : [])),
    ]
  })
  return unseen.test(body) ? [...faults, 'something unseen'] : faults
}

function timesIn(text: string, { source, flags }: RegExp): number {
  return [...text.matchAll(new RegExp(source, `${flags.replace('g', '')}g`))].length
}

/** Characters that are not seen or move others, but for the ends of lines, tabs and what makes a sign an emoji. */
const unseen = /(?!\n|\t|\u{fe0f})[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u

const ours = /^https:\/\/(drawbridge|github)\.example\//

/** What our own templates say and GitHub takes for nothing. */
const harmlessWords = /\bdrawbridge:review\b/g

const comment = (text: string) => writeReviewComment(write, everywhere(text))
const board = (text: string) =>
  writeRolloutBoard(write, {
    title: text,
    revision: 'c'.repeat(40),
    notes: [text],
    links: { dashboard },
    rows: [
      {
        application: text,
        environment: text,
        cluster: text,
        wave: 1,
        phase: 'degraded',
        health: 'Degraded',
        reason: text,
        drift: { at: 0, object: text, fields: [text], manager: text, healed: true, count: 1 },
      },
    ],
  })
const check = (text: string) =>
  writeCheck(write, { name: 'drawbridge', outcome: 'block', verdicts: verdictsSaying(text) }).summary

const writers: Record<string, (text: string) => string> = { comment, board, check }
for (const [template, view] of Object.entries(messages)) {
  const keep = new Set(['cause', 'url', 'plot', 'evidence', 'promql'])
  writers[template] = (text) => write(template, replaceTexts(view, text, keep) as object)
}

describe.each(Object.entries(writers))('%s', (_, writer) => {
  const harmless = writer('harmless')

  it.each(hostileTexts.map((text) => [text]))('takes %j as text', (text) => {
    expect(faultsOf(writer(text), harmless)).toEqual([])
  })

  it('takes anything as text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(faultsOf(writer(text), harmless)).toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})

it('the title of a check is one plain line', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const [verdict] = verdictsSaying(text)
      const { title } = writeCheck(write, { name: 'x', outcome: 'block', verdicts: verdict ? [verdict] : [] })
      expect(title).not.toMatch(unseen)
      expect(title).not.toContain('\n')
    }),
  )
})

it('the comment shows what is hidden', () => {
  expect(comment('a\u202Eb')).toContain('a‹U+202E›b')
})

it('fits, whatever the texts and however long', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 50, max: 1_000 }), (text, times) => {
      const long = text.repeat(times)
      expect(sizeOf(comment(long))).toBeLessThanOrEqual(60_000)
      expect(sizeOf(board(long))).toBeLessThanOrEqual(60_000)
      expect(sizeOf(check(long))).toBeLessThanOrEqual(60_000)
    }),
    { numRuns: 10 },
  )
})
