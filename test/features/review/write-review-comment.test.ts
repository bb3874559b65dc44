import { describe, expect, it } from 'vitest'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { commentLimit, sizeOf } from '../../../src/features/review/comment-size.ts'
import { writeReviewComment } from '../../../src/features/review/write-review-comment.ts'
import { anObject, aSide } from '../diff/diff-builders.ts'
import { readByMarked, readByRemark } from './read-markdown.ts'
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
    const proposal = { kind: 'promotion' as const, applications: ['checkout'], from: ['staging'], to: 'prod' }
    expect(writeReviewComment(write, aReview({ proposal }))).toContain(
      'Promotion of checkout from staging to prod',
    )
  })

  it('is the same for the same view', () => {
    expect(writeReviewComment(write, aReview())).toBe(writeReviewComment(write, aReview()))
  })

  it('shows clusters with equal changes once', () => {
    const body = writeReviewComment(write, aReview())
    expect(body.match(/<b>checkout<\/b>/g)).toHaveLength(1)
    expect(body).toContain('(prod-eu, prod-us)')
  })
})

it('counts what is delivered but not shown, and says no more of it', () => {
  expect(writeReviewComment(write, aReview({ notShown: 2 }))).toContain(
    '2 deliveries are not shown, `drawbridge discover` says why',
  )
  expect(writeReviewComment(write, aReview({ notShown: 0 }))).not.toContain('not shown')
})

it('says what is left out where the change is about it', () => {
  const notice = {
    code: 'CHART_IS_REMOTE',
    path: 'a.yaml',
    line: 3,
    message: 'redis is not here',
    fix: 'commit it',
  }
  const body = writeReviewComment(write, aReview({ notices: [notice] }))
  expect(body).toMatch(/#### Left out or left open\n.*a\.yaml:3.*redis is not here/)
  expect(writeReviewComment(write, aReview({ notices: [] }))).not.toContain('Left out')
})

describe('what changes in the same way', () => {
  const inEnvironments = (...environments: string[]) => {
    const { diff } = aReview()
    const [first] = diff.targets
    const targets = environments.flatMap((environment) =>
      first ? [{ ...first, target: { ...first.target, environment, cluster: environment } }] : [],
    )
    return { ...diff, targets }
  }

  it('is shown in the first environment and named in the others, as they are configured', () => {
    const diff = inEnvironments('prod', 'dev', 'unknown')
    const body = writeReviewComment(write, aReview({ diff, environments: ['dev', 'prod'], applications: 14 }))
    expect(body.match(/^(#### Changes in .*|- \*\*checkout.*|<details open>.*)$/gm)).toEqual([
      '#### Changes in dev',
      expect.stringContaining('<b>checkout</b>'),
      '#### Changes in prod',
      '- **checkout**: the same as in dev <sub>2 changed, 1 added, +11 −3</sub>',
      '#### Changes in unknown',
      '- **checkout**: the same as in dev <sub>2 changed, 1 added, +11 −3</sub>',
    ])
    expect(body).toContain('**Changes 1 of 14 applications in dev, prod and unknown**')
  })

  it('is one danger with all its places', () => {
    const body = writeReviewComment(write, aReview({ diff: inEnvironments('dev', 'prod') }))
    expect(body.match(/All pods of this Deployment stop/g)).toHaveLength(1)
    expect(body).toContain('checkout in dev and prod')
  })
})

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
    ${'everything is too big'}   | ${3}         | ${2}    | ${3_000}  | ${/`ConfigMap shop\/config-0`\]\([^)]*#o-[0-9a-f]{12}\) \*\*changed\*\* \+3,000 −3,000/}
    ${'thousands of objects'}    | ${150}       | ${60}   | ${3}      | ${/- \*\*app-0\*\* \(prod-eu\) <sub>60 changed/}
    ${'thousands of places'}     | ${5_000}     | ${1}    | ${1}      | ${/and [\d,]+ more, by application and environment/}
    ${'10 MB'}                   | ${4}         | ${4}    | ${16_000} | ${/config-3/}
  `('$case', ({ applications, objects, count, shows }) => {
    const grows = shows.source.includes('diff')
    const diff = diffRenderings(
      side('old', applications, objects, count, grows),
      side('new', applications, objects, count, grows),
      { maskKey: 'k' },
    )
    const body = writeReviewComment(write, aReview({ diff }))
    expect(sizeOf(body)).toBeLessThanOrEqual(commentLimit)
    expect(body).toMatch(shows)
    expect(body).toContain('https://drawbridge.example/pulls/shop/gitops/7')
    expect(leftOpen(body)).toEqual([])
    expect(body.split('\n', 1)[0]).toBe('<!-- drawbridge:review -->')
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
    expect(sizeOf(body)).toBeLessThanOrEqual(commentLimit)
    expect(leftOpen(body)).toEqual([])
    expect(body.split('\n', 1)[0]).toBe('<!-- drawbridge:review -->')
  })
})

/** The elements that are open at the end, by two readers of Markdown; a wrong end counts as one. */
function leftOpen(body: string): string[] {
  return [readByMarked, readByRemark].flatMap((read) => {
    const open: string[] = []
    for (const tag of read(body).tags.filter((each) => !/^<(br|!--)/.test(each))) {
      const name = /[a-z]+/.exec(tag)?.[0] ?? ''
      if (tag.startsWith('</') && open.at(-1) === name) open.pop()
      else open.push(name)
    }
    return open
  })
}
