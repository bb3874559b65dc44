import { describe, expect, it } from 'vitest'
import {
  codeBlock,
  codeCell,
  codeSpan,
  escapeMarkdown,
  escapeAdvice,
} from '../../../src/adapters/words/escape-markdown.ts'
import { formatDuration, formatInstant } from '../../../src/adapters/words/format-time.ts'
import { createWords } from '../../../src/adapters/words/handlebars-words.ts'

const write = (template: string, view: object) => createWords({ it: template }).write('it', view)

describe('templates', () => {
  it('escape every value unless told otherwise', () => {
    expect(write('{{text}} {{#each list}}{{this}}{{/each}}', { text: '*a*', list: ['<b>'] })).toBe(
      '\\*a\\* &lt;b&gt;',
    )
  })

  it('escape what a plain helper returns', () => {
    expect(write('{{plural 2 word}}', { word: '*a' })).toBe('2 \\*as')
  })

  it('leave mark-up of a helper alone', () => {
    expect(write('{{code text}}', { text: '*a*' })).toBe('`*a*`')
  })

  it.each`
    fault                      | template             | view
    ${'a missing value'}       | ${'{{missing}}'}     | ${{}}
    ${'a missing value deep'}  | ${'{{code a.b}}'}    | ${{ a: {} }}
    ${'null'}                  | ${'{{a}}'}           | ${{ a: null }}
    ${'an object'}             | ${'{{a}}'}           | ${{ a: {} }}
    ${'an unknown helper'}     | ${'{{shout a}}'}     | ${{ a: '' }}
    ${'an inherited property'} | ${'{{constructor}}'} | ${{}}
    ${'an address of script'}  | ${'{{url a}}'}       | ${{ a: 'javascript:alert(1)' }}
  `('refuse $fault', ({ template, view }) => {
    expect(() => write(template, view)).toThrow(/./)
  })

  it('refuse a name that is not there', () => {
    expect(() => createWords({}).write('constructor', {})).toThrow('there is no template named constructor')
  })

  it('call each other', () => {
    const words = createWords({ 'a/b': '[{{x}}]', c: '{{#each items}}{{> a/b}}{{/each}}' })
    expect(words.write('c', { items: [{ x: '*' }, { x: 'y' }] })).toBe('[\\*][y]')
  })
})

describe('escaping', () => {
  it.each`
    text                       | escaped
    ${'a < b & c'}             | ${'a &lt; b &amp; c'}
    ${'@shop/payments'}        | ${'@&#8203;shop/payments'}
    ${'shop/gitops#12'}        | ${'shop/gitops#&#8203;12'}
    ${'see https://x.example'} | ${'see https:&#8203;//x.example'}
    ${'www.example.org'}       | ${'www&#8203;.example.org'}
    ${'commit 1a2b3c4d'}       | ${'commit 1a2b3c&#8203;4d'}
    ${'1. not a list'}         | ${'1\\. not a list'}
    ${'- not a list'}          | ${'\\- not a list'}
    ${'99.9 of prod-eu'}       | ${'99.9 of prod-eu'}
    ${'DB_USER and _a_'}       | ${'DB_USER and \\_a\\_'}
    ${'two\nlines'}            | ${'two lines'}
    ${'a\u202Eb'}              | ${'a‹U+202E›b'}
    ${'GH-12'}                 | ${'GH&#8203;-12'}
    ${':tada: at 12:30'}       | ${':&#8203;tada: at 12:30'}
    ${'a|b [c] $d$'}           | ${'a&#124;b &#91;c&#93; &#36;d&#36;'}
    ${'mailto:a@b'}            | ${'mailto&#8203;:a@&#8203;b'}
  `('$text', ({ text, escaped }) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })

  it.each`
    text         | span
    ${'a'}       | ${'`a`'}
    ${'a`b'}     | ${'``a`b``'}
    ${'`'}       | ${'`` ` ``'}
    ${''}        | ${'` `'}
    ${'a\nb'}    | ${'`a b`'}
    ${'\u200Ba'} | ${'`‹U+200B›a`'}
  `('$text as code is $span', ({ text, span }) => {
    expect(codeSpan(text)).toBe(span)
  })

  it.each`
    text      | cell
    ${'a'}    | ${'`a`'}
    ${'a|b'}  | ${'<code>a&#124;b</code>'}
    ${'\\|*'} | ${'<code>\\\\&#124;\\*</code>'}
  `('$text in a table is $cell', ({ text, cell }) => {
    expect(codeCell(text)).toBe(cell)
  })

  it('a fence is longer than any run inside', () => {
    expect(codeBlock('a\n````\nb', 'diff')).toBe('`````diff\na\n````\nb\n`````')
  })
})

describe('advice of ours', () => {
  it.each([
    ['name it under `applications`', 'name it under `applications`'],
    ['`dependsOn` under `environments`', '`dependsOn` under `environments`'],
    ['what a repository calls `payments`', 'what a repository calls \\`payments\\`'],
    ['`@ada` under `charts`', '\\`@&#8203;ada\\` under `charts`'],
    ['one ` and `charts`', 'one \\` and `charts`'],
  ])('shows our own names as code, and nothing else: %s', (text, shown) => {
    expect(escapeAdvice(text)).toBe(shown)
  })
})

describe('time', () => {
  it.each`
    seconds    | text
    ${0}       | ${'0 seconds'}
    ${1}       | ${'1 second'}
    ${1_200}   | ${'20 minutes'}
    ${4_800}   | ${'1 hour 20 minutes'}
    ${3_601}   | ${'1 hour'}
    ${100_000} | ${'1 day 3 hours'}
  `('$seconds seconds are $text', ({ seconds, text }) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it.each`
    instant                               | text
    ${Date.parse('2026-11-20T16:30:00Z')} | ${'Fri 20 Nov 2026, 16:30 UTC'}
    ${'2026-03-01T00:05:00+01:00'}        | ${'Sat 28 Feb 2026, 23:05 UTC'}
  `('$instant is $text', ({ instant, text }) => {
    expect(formatInstant(instant)).toBe(text)
  })
})
