import { marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { commentLimit, writeReviewComment } from '../../../src/features/review/write-review-comment.ts'
import { anObject, aSide } from '../diff/diff-builders.ts'
import { aReview, write } from './review-builders.ts'

describe('the comment', () => {
  it('says everything that is known, the most urgent first', () => {
    expect(writeReviewComment(write, aReview())).toMatchSnapshot()
  })

  it('is calm when every gate is open and nothing changes', () => {
    const nothing = diffRenderings(aSide([]), aSide([]), { maskKey: 'k' })
    const verdicts = [
      {
        gate: 'render' as const,
        outcome: 'pass' as const,
        reason: 'nothing renders differently',
        details: [],
      },
    ]
    const view = aReview({ diff: nothing, verdicts, findings: [], problems: [], approvals: undefined })
    expect(writeReviewComment(write, view)).toMatchSnapshot()
  })

  it('names the proposal it is about', () => {
    const proposal = { kind: 'promotion' as const, applications: ['checkout'], from: 'staging', to: 'prod' }
    expect(writeReviewComment(write, aReview({ proposal }))).toContain(
      'Promotion of checkout from staging to prod',
    )
  })

  it('is the same for the same view', () => {
    expect(writeReviewComment(write, aReview())).toBe(writeReviewComment(write, aReview()))
  })

  it('shows clusters with equal changes once', () => {
    const body = writeReviewComment(write, aReview())
    expect(body.match(/<details><summary><b>checkout/g)).toHaveLength(1)
    expect(body).toContain('(prod-eu, prod-us)')
  })
})

/** Texts that would do harm in a comment if they were not taken as text. */
const hostile = [
  '```\n</details>\n<!-- drawbridge:review -->\n@org/everyone #123 GH-7 https://evil.example',
  '````diff\n~~~',
  '<img src=x onerror=alert(1)>',
  '| a | b |\n|---|---|',
  '[click](https://evil.example)',
  '\u202Etxt.exe\u200B',
  '`',
  '\\',
  '*'.repeat(50),
]

describe('content of the repository stays text', () => {
  it.each(hostile.map((text) => [text]))('%j in every place', (text) => {
    const review = aReview()
    const name = text.slice(0, 30)
    const before = aSide([])
    const after = aSide([anObject('ConfigMap', { data: { [name]: text } }, { name })])
    const body = writeReviewComment(write, {
      ...review,
      diff: diffRenderings(before, after, { maskKey: 'k' }),
      verdicts: review.verdicts.map((verdict) => ({ ...verdict, reason: text, details: [text], fix: text })),
      findings: review.findings.map((finding) => ({
        ...finding,
        message: text,
        fix: text,
        path: text,
        policy: name,
      })),
      problems: review.problems.map((problem) => ({ ...problem, message: text, fix: text, path: text })),
      approvals: {
        missing: { users: [name], teams: [] },
        counted: [{ login: name }],
        notCounted: [{ login: name, because: text }],
      },
    })
    expectBalanced(body)
    const live = withoutCode(body)
    expect(live).not.toMatch(/<img|@org|#123|GH-7|https:\/\/evil/)
    expect(new Set(live.match(/href="[^"]*"/g))).toEqual(
      new Set(['href="https://drawbridge.example/pulls/shop/gitops/7"']),
    )
    expect(live.match(/<!--/g)).toHaveLength(1)
    expect(body).not.toMatch(/[\u202e\u200b]/)
    expect(body.includes('U+202E')).toBe(text.includes('\u202e'))
  })
})

/** What is left for GitHub to make live: rendered, without code. */
function withoutCode(body: string): string {
  const html = marked.parse(body, { async: false })
  return html.replaceAll(/<pre>.*?<\/pre>/gs, '').replaceAll(/<code>.*?<\/code>/gs, '')
}

function expectBalanced(body: string): void {
  const html = withoutCode(body)
  expect(html.match(/<details>/g)?.length ?? 0).toBe(html.match(/<\/details>/g)?.length ?? 0)
  expect(body.split('\n', 1)[0]).toBe('<!-- drawbridge:review -->')
}

describe('the size ladder', () => {
  const lines = (count: number, word: string) =>
    Array.from({ length: count }, (_, line) => `${word} 😀 \`\`\` ${line}`).join('\n')
  const side = (word: string, applications: number, objects: number, count: number, grows: boolean) => ({
    revision: word,
    problems: [],
    targets: Array.from({ length: applications }, (_, index) => ({
      target: { application: `app-${index}`, environment: 'prod', cluster: 'prod-eu' },
      source: `apps/app-${index}`,
      digest: word,
      objects: Array.from({ length: objects }, (_, number) =>
        anObject(
          'ConfigMap',
          { data: { text: lines(count * (grows ? 1 + index * 5 : 1), word) } },
          { name: `config-${number}` },
        ),
      ),
    })),
  })

  it.each`
    case                         | applications | objects | count     | shows
    ${'fits'}                    | ${2}         | ${2}    | ${10}     | ${/```diff/}
    ${'one application too big'} | ${3}         | ${1}    | ${300}    | ${/```diff/}
    ${'everything is too big'}   | ${3}         | ${2}    | ${3_000}  | ${/`ConfigMap shop\/config-0` \*\*changed\*\* \+3,000 −3,000/}
    ${'thousands of objects'}    | ${150}       | ${60}   | ${3}      | ${/\*\*app-0\*\* in \*\*prod\*\*/}
    ${'thousands of places'}     | ${5_000}     | ${1}    | ${1}      | ${/and [\d,]+ applications more/}
    ${'10 MB'}                   | ${4}         | ${4}    | ${16_000} | ${/config-3/}
  `('$case', ({ applications, objects, count, shows }) => {
    const grows = shows.source.includes('diff')
    const diff = diffRenderings(
      side('old', applications, objects, count, grows),
      side('new', applications, objects, count, grows),
      { maskKey: 'k' },
    )
    const body = writeReviewComment(write, aReview({ diff }))
    expect(body.length).toBeLessThanOrEqual(commentLimit)
    expect(body).toMatch(shows)
    expect(body).toContain('https://drawbridge.example/pulls/shop/gitops/7')
    expectBalanced(body)
  })

  it('fits when every list is endless', () => {
    const review = aReview()
    const text = '*_`<@'.repeat(500)
    const many = <T>(item: T | undefined) => Array.from({ length: 3_000 }, () => item as T)
    const body = writeReviewComment(write, {
      ...review,
      findings: many(review.findings[0]).map((finding, line) => ({
        ...finding,
        message: `${line} ${text}`,
        fix: text,
        path: text,
      })),
      problems: many(review.problems[0]).map((problem) => ({
        ...problem,
        message: text,
        fix: text,
        path: text,
      })),
      verdicts: review.verdicts.map((verdict) => ({
        ...verdict,
        reason: text,
        details: many(text),
        fix: text,
      })),
    })
    expect(body.length).toBeLessThanOrEqual(commentLimit)
    expectBalanced(body)
  })
})
