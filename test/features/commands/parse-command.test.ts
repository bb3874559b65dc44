import * as fc from '../../properties.ts'
import { Lexer, type Token } from 'marked'
import { describe, expect, it } from 'vitest'
import { commandVerbs } from '../../../src/domain/configuration.ts'
import { toInstant, usages } from '../../../src/features/commands/command.ts'
import { commandLines } from '../../../src/features/commands/command-lines.ts'
import { parseCommand } from '../../../src/features/commands/parse-command.ts'

const hours = (amount: number) => ({ kind: 'after', seconds: amount * 3600 })

describe('arguments', () => {
  it.each`
    body                                                      | command
    ${'/help'}                                                | ${{ verb: 'help' }}
    ${'/recheck '}                                            | ${{ verb: 'recheck' }}
    ${'/diff\r\n'}                                            | ${{ verb: 'diff' }}
    ${'/Explain'}                                             | ${{ verb: 'explain' }}
    ${'/status\n\nthank you'}                                 | ${{ verb: 'status' }}
    ${'/promote prod'}                                        | ${{ verb: 'promote', environment: 'prod', applications: [], isDryRun: false }}
    ${'/promote eu-* shop-* --to 0ABCDEF'}                    | ${{ verb: 'promote', environment: 'eu-*', applications: ['shop-*'], isDryRun: false, revision: '0abcdef' }}
    ${'/promote  prod\tcheckout search checkout'}             | ${{ verb: 'promote', environment: 'prod', applications: ['checkout', 'search'], isDryRun: false }}
    ${'/promote --dry-run prod'}                              | ${{ verb: 'promote', environment: 'prod', applications: [], isDryRun: true }}
    ${'/revert'}                                              | ${{ verb: 'revert' }}
    ${'/revert checkout'}                                     | ${{ verb: 'revert', application: 'checkout' }}
    ${'/revert 3fa91c2'}                                      | ${{ verb: 'revert', release: '3fa91c2' }}
    ${'/revert 3fa91c2 checkout prod'}                        | ${{ verb: 'revert', release: '3fa91c2', application: 'checkout', environment: 'prod' }}
    ${'/revert 3fa91c'}                                       | ${{ verb: 'revert', application: '3fa91c' }}
    ${'/revert checkout prod'}                                | ${{ verb: 'revert', application: 'checkout', environment: 'prod' }}
    ${'/freeze prod the shop is down'}                        | ${{ verb: 'freeze', environment: 'prod', reason: 'the shop is down' }}
    ${'/freeze prod checkout is down'}                        | ${{ verb: 'freeze', environment: 'prod', application: 'checkout', reason: 'is down' }}
    ${'/freeze prod checkout'}                                | ${{ verb: 'freeze', environment: 'prod', reason: 'checkout' }}
    ${'/freeze prod mail --until 2h it burns'}                | ${{ verb: 'freeze', environment: 'prod', application: 'mail', until: hours(2), reason: 'it burns' }}
    ${'/freeze prod --until=1d Störung – bitte warten'}       | ${{ verb: 'freeze', environment: 'prod', until: hours(24), reason: 'Störung – bitte warten' }}
    ${'/freeze prod it burns --until 2026-11-23T09:00+01:00'} | ${{ verb: 'freeze', environment: 'prod', until: { kind: 'at', instant: Date.parse('2026-11-23T08:00Z') }, reason: 'it burns' }}
    ${'/freeze prod broken -- see the board'}                 | ${{ verb: 'freeze', environment: 'prod', reason: 'broken -- see the board' }}
    ${'/unfreeze prod'}                                       | ${{ verb: 'unfreeze', environment: 'prod' }}
    ${'/unfreeze prod checkout'}                              | ${{ verb: 'unfreeze', environment: 'prod', application: 'checkout' }}
    ${'/pin checkout prod until the fix'}                     | ${{ verb: 'pin', application: 'checkout', environment: 'prod', reason: 'until the fix' }}
    ${'/unpin checkout prod'}                                 | ${{ verb: 'unpin', application: 'checkout', environment: 'prod' }}
    ${'/hold checkout prod'}                                  | ${{ verb: 'hold', application: 'checkout', environment: 'prod', reason: '' }}
    ${'/unhold checkout prod'}                                | ${{ verb: 'unhold', application: 'checkout', environment: 'prod' }}
    ${'/resume prod we know'}                                 | ${{ verb: 'resume', environment: 'prod', reason: 'we know' }}
    ${'/approve'}                                             | ${{ verb: 'approve', environments: [] }}
    ${'/approve prod staging prod'}                           | ${{ verb: 'approve', environments: ['prod', 'staging'] }}
    ${'/lock prod search I look at it'}                       | ${{ verb: 'lock', environment: 'prod', application: 'search', reason: 'I look at it' }}
    ${'/lock prod --until 2h debugging'}                      | ${{ verb: 'lock', environment: 'prod', until: hours(2), reason: 'debugging' }}
    ${'/pause prod search a migration'}                       | ${{ verb: 'pause', environment: 'prod', application: 'search', reason: 'a migration' }}
    ${'/pause prod --until 2h a migration'}                   | ${{ verb: 'pause', environment: 'prod', until: hours(2), reason: 'a migration' }}
    ${'/unpause prod search'}                                 | ${{ verb: 'unpause', environment: 'prod', application: 'search' }}
    ${'/unlock prod'}                                         | ${{ verb: 'unlock', environment: 'prod' }}
    ${'/override window the shop is down'}                    | ${{ verb: 'override', gate: 'window', reason: 'the shop is down' }}
    ${'/override all --until 30m the shop is down'}           | ${{ verb: 'override', gate: 'all', until: hours(0.5), reason: 'the shop is down' }}
    ${'/ack-delete'}                                          | ${{ verb: 'ack-delete' }}
    ${'/ack-delete checkout prod'}                            | ${{ verb: 'ack-delete', application: 'checkout', environment: 'prod' }}
    ${'/sync'}                                                | ${{ verb: 'sync' }}
    ${'/sync checkout-api.v2'}                                | ${{ verb: 'sync', application: 'checkout-api.v2' }}
  `('$body', ({ body, command }) => {
    expect(parseCommand(body, ['checkout', 'search'])).toEqual({ kind: 'command', command })
  })

  it.each`
    body                                         | message
    ${'/help me'}                                | ${'/help: it takes no arguments; write /help'}
    ${'/promote'}                                | ${`/promote: the environment is missing; write ${usages.promote}`}
    ${'/promote prod --ref=--upload-pack=x'}     | ${`/promote: "--ref" is not an option here; write ${usages.promote}`}
    ${'/promote prod --dry-run --dry-run'}       | ${`/promote: --dry-run is given twice; write ${usages.promote}`}
    ${'/promote prod --dry-run=no'}              | ${`/promote: --dry-run takes no value; write ${usages.promote}`}
    ${'/promote prod;rm'}                        | ${`/promote: "prod;rm" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.promote}`}
    ${'/promote $(id)'}                          | ${`/promote: "$(id)" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.promote}`}
    ${'/promote ../prod'}                        | ${`/promote: "../prod" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.promote}`}
    ${'/promote -x'}                             | ${`/promote: "-x" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.promote}`}
    ${'/promote рrod'}                           | ${`/promote: "?rod" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.promote}`}
    ${'/promote pr\u200bod'}                     | ${`/promote: "pr?od" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.promote}`}
    ${'/revert 3fa91c2 a b c'}                   | ${`/revert: there are too many words; write ${usages.revert}`}
    ${'/revert a b c'}                           | ${`/revert: there are too many words; write ${usages.revert}`}
    ${'/freeze'}                                 | ${`/freeze: the environment is missing; write ${usages.freeze}`}
    ${'/freeze prod'}                            | ${`/freeze: the reason is missing; write ${usages.freeze}`}
    ${'/freeze prod --until'}                    | ${`/freeze: --until needs a value; write ${usages.freeze}`}
    ${'/freeze prod --until soon it burns'}      | ${`/freeze: "soon" is not a time; write 2h, 1d or 2026-11-23T09:00Z; write ${usages.freeze}`}
    ${'/freeze prod --until 2026-11-23T09:00 x'} | ${`/freeze: "2026-11-23T09:00" is not a time; write 2h, 1d or 2026-11-23T09:00Z; write ${usages.freeze}`}
    ${'/freeze prod —until 2h it burns'}         | ${`/freeze: an option begins with two plain hyphens; write ${usages.freeze}`}
    ${'/freeze prod it \u202eburns'}             | ${`/freeze: the reason has characters that do not show; write ${usages.freeze}`}
    ${`/freeze prod ${'x'.repeat(501)}`}         | ${`/freeze: the reason is longer than 500 characters; write ${usages.freeze}`}
    ${`/freeze prod ${'x'.repeat(1000)}`}        | ${`/freeze: a command is at most 1000 characters long; write ${usages.freeze}`}
    ${`/promote ${'a '.repeat(61)}`}             | ${`/promote: more than 60 words; write ${usages.promote}`}
    ${'/override'}                               | ${`/override: the gate is missing; write ${usages.override}`}
    ${'/override window'}                        | ${`/override: the reason is missing; write ${usages.override}`}
    ${'/override render it burns'}               | ${`/override: "render" is not a gate that can be overridden; write ${usages.override}`}
    ${'/pause prod'}                             | ${`/pause: the reason is missing; write ${usages.pause}`}
    ${'/unpause'}                                | ${`/unpause: the environment is missing; write ${usages.unpause}`}
    ${'/lock prod'}                              | ${`/lock: the reason is missing; write ${usages.lock}`}
    ${'/approve prod;x'}                         | ${`/approve: "prod;x" is not a name of plain letters, digits, "-", "_" and "."; write ${usages.approve}`}
    ${'/pin checkout'}                           | ${`/pin: application or environment is missing; write ${usages.pin}`}
    ${'/unpin checkout prod now'}                | ${`/unpin: there are too many words; write ${usages.unpin}`}
    ${'/unfreeze'}                               | ${`/unfreeze: the environment is missing; write ${usages.unfreeze}`}
    ${'/diff\n/status'}                          | ${'one command per comment: 2 were found (/diff, /status), so none was obeyed'}
    ${'/diff\n\n/promot prod'}                   | ${'one command per comment: 2 were found (/diff, /promote), so none was obeyed'}
    ${'/diff\n/diff'}                            | ${'one command per comment: 2 were found (/diff), so none was obeyed'}
  `('$body', ({ body, message }) => {
    expect(parseCommand(body)).toEqual({ kind: 'error', message })
  })
})

describe('what is near a verb of ours, and what is not', () => {
  it.each`
    body                     | didYouMean
    ${'/promot prod'}        | ${'/promote'}
    ${'/rpomote prod'}       | ${'/promote'}
    ${'/promote, please'}    | ${'/promote'}
    ${'/hlep'}               | ${'/help'}
    ${'/\u0440romote prod'}  | ${'/promote'}
    ${'\uFF0Fpromote prod'}  | ${'/promote'}
    ${'/pro\u200bmote prod'} | ${'/promote'}
    ${'/\u202epromote prod'} | ${'/promote'}
    ${'/ｐｉｎ x y'}         | ${'/pin'}
  `('$body → $didYouMean', ({ body, didYouMean }) => {
    expect(parseCommand(body)).toMatchObject({ kind: 'error', didYouMean })
  })

  it.each([
    '/lgtm',
    '/bin',
    '/bin/sh',
    '/etc/hosts is wrong',
    '/',
    '//promote',
    '/ promote prod',
    '/1',
    '/hello',
    '/deploy prod',
    '/merge',
    '/diff/x',
    '/old',
    `/${'promote'.repeat(20)}`,
    'x'.repeat(70_000) + '\n/help',
  ])('%s is not meant for us', (body) => expect(parseCommand(body)).toEqual({ kind: 'none' }))
})

describe('where a command may stand', () => {
  it.each`
    case                                   | body
    ${'first line'}                        | ${'/diff'}
    ${'after text'}                        | ${'looks good\n/diff\nthanks'}
    ${'after a closed fence'}              | ${'```\n/help\n```\n/diff'}
    ${'after a longer fence'}              | ${'````\n```\n/help\n````\n/diff'}
    ${'after tildes'}                      | ${'~~~\n```\n~~~\n/diff'}
    ${'after a quote and a blank line'}    | ${'> /help\n\n/diff'}
    ${'after a comment'}                   | ${'<!-- /help -->\n\n/diff'}
    ${'in details'}                        | ${'<details><summary>why</summary>\n\n/diff\n\n</details>'}
    ${'after a list'}                      | ${'- one\n- two\n\n/diff'}
    ${'after a fence inside a list'}       | ${'- one\n  ```\n  /help\n  ```\n\n/diff'}
    ${'after a code span'}                 | ${'`x` and `y`\n/diff\n`z`'}
    ${'after a lone backtick'}             | ${'a ` b\n/diff'}
    ${'after an escaped backtick'}         | ${'a \\` b\n/diff\nc ` d'}
    ${'after a less-than sign'}            | ${'a < b\n/diff'}
    ${'after a heading'}                   | ${'# title\n/diff'}
    ${'with a blank before in the middle'} | ${'text\n\n/diff\n\ntext'}
  `('$case', ({ body }) => {
    expect(parseCommand(body)).toEqual({ kind: 'command', command: { verb: 'diff' } })
  })

  it.each`
    case                                              | body
    ${'not at the start of a line'}                   | ${'please /diff'}
    ${'indented by one'}                              | ${' /diff'}
    ${'indented code'}                                | ${'    /diff'}
    ${'tab'}                                          | ${'\t/diff'}
    ${'fence'}                                        | ${'```\n/diff\n```'}
    ${'fence with a language'}                        | ${'```sh\n/diff\n```'}
    ${'indented fence'}                               | ${'   ```\n/diff\n   ```'}
    ${'tildes'}                                       | ${'~~~\n/diff\n~~~'}
    ${'fence that is never closed'}                   | ${'```\n/diff'}
    ${'fence closed by too few'}                      | ${'````\n```\n/diff\n````'}
    ${'fence closed by the other mark'}               | ${'```\n~~~\n/diff\n```'}
    ${'fence not closed by a marked one'}             | ${'```\n``` x\n/diff\n```'}
    ${'quote'}                                        | ${'> /diff'}
    ${'line that continues a quote'}                  | ${'> text\n/diff'}
    ${'line that continues a quote in a list'}        | ${'- > text\n/diff'}
    ${'HTML comment'}                                 | ${'<!--\n/diff\n-->'}
    ${'HTML comment over blank lines'}                | ${'<!--\n\n/diff\n\n-->'}
    ${'HTML comment that is never closed'}            | ${'<!--\n/diff'}
    ${'HTML comment inside a paragraph'}              | ${'text <!-- x\n/diff\n-->'}
    ${'pre'}                                          | ${'<pre>\n/diff\n</pre>'}
    ${'pre over blank lines'}                         | ${'<pre>\n\n/diff\n\n</pre>'}
    ${'HTML block'}                                   | ${'<div>\n/diff\n</div>'}
    ${'attribute'}                                    | ${'<a title="\n/diff\n">x</a>'}
    ${'code span over lines'}                         | ${'a `b\n/diff\nc` d'}
    ${'double code span over lines'}                  | ${'a ``b `\n/diff\nc`` d'}
    ${'fence after a list fence that a line cut off'} | ${'- a\n  ```\nx\n```\n/diff\n```'}
    ${'fence after an HTML block'}                    | ${'<div>\n```\n\ntext\n```\n/diff\n```'}
  `('$case: never', ({ body }) => {
    expect(parseCommand(body)).toEqual({ kind: 'none' })
  })
})

/** Our own reading against a Markdown parser that shares nothing with it. */
describe('any comment', () => {
  const piece = fc.constantFrom(
    '/promote prod',
    '/promote prod',
    '/help',
    '```',
    '~~~',
    '````',
    '> q',
    '>',
    '- a',
    '  b',
    '1. c',
    '    /promote prod',
    '<!--',
    '-->',

    '<div>',
    '</div>',
    '',
    '',
    '`',
    'a `b',
    'c` d',
    '``',
    '# h',
    '---',

    '  ```',
    '   ~~~',
    '\\`',
    '<b>',
    '</b>',
    '<pre>',
    '</pre>',
    '- ```',
    '- # h',
    'text',
    '> ```',
    '- > x',
    '<a href="',
    '">',
    '***',
    '* * *',
    '\t```',
    '<details>',
    '</details>',
    'x <!-- y',
    '> - z',
  )
  const body = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join('\n'))

  it('fires only where Markdown shows plain text', () => {
    fc.assert(
      fc.property(body, (text) => {
        const plain = plainLines(text)
        const fired = commandLines(text)
        const count = (lines: string[], wanted: string) => lines.filter((line) => line === wanted).length
        for (const line of fired) expect(count(fired, line)).toBeLessThanOrEqual(count(plain, line))
      }),
      { numRuns: 5000, seed: 7 },
    )
  })

  it('inside a fence or a quote never fires', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('/promote prod', '/help', '', '- a', '<!--', '-->', '~~~', '``', '> x', '    y'),
        ),
        (inner) => {
          expect(parseCommand(['````', ...inner, '````'].join('\n'))).toEqual({ kind: 'none' })
          expect(parseCommand(inner.map((line) => `> ${line}`).join('\n'))).toEqual({ kind: 'none' })
          expect(parseCommand(inner.map((line) => `    ${line}`).join('\n'))).toEqual({ kind: 'none' })
        },
      ),
      { numRuns: 500, seed: 7 },
    )
  })

  it('never throws, and what it obeys is plain', () => {
    const words = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom('prod', '--until', '2h', '--dry-run'),
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...commandVerbs), words, (verb, rest) => {
        const parsed = parseCommand(`/${verb} ${rest.join(' ')}`)
        if (parsed.kind !== 'command') return
        const { reason: _, ...command } = { reason: '', ...parsed.command }
        expect(JSON.stringify(command)).toMatch(/^[\x20-\x7E]*$/)
      }),
      { numRuns: 3000, seed: 7 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => void parseCommand(text)),
      { numRuns: 2000, seed: 7 },
    )
  })

  it('takes its time in proportion to the text', () => {
    const started = performance.now()
    for (const unit of ['`', '``a', '<a ', '<!--', '> ', '- ', '/x\n', '```\n', '\t', '<div ', '\\']) {
      parseCommand(unit.repeat(Math.floor(65_000 / unit.length)))
    }
    const runs = Array.from({ length: 300 }, (_, index) => '`'.repeat(index + 1)).join(' a\n')
    parseCommand(runs)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

/** Lines in the text of paragraphs, by marked: outside code, quotes, HTML and code spans. */
function plainLines(text: string): string[] {
  const lines: string[] = []
  const walk = (tokens: readonly Token[]) => {
    for (const token of tokens) {
      if (token.type === 'code' || token.type === 'blockquote' || token.type === 'html') continue
      if (token.type === 'list')
        for (const item of token['items'] as Token[]) walk('tokens' in item ? (item.tokens ?? []) : [])
      else if (token.type === 'paragraph' || token.type === 'heading' || token.type === 'text') {
        const inline = 'tokens' in token && token.tokens ? token.tokens : [token]
        const shown = inline
          .map((part) => (part.type === 'codespan' || part.type === 'html' ? '\0' : part.raw))
          .join('')
        lines.push(...shown.split('\n'))
      }
    }
  }
  walk(new Lexer({ gfm: true }).lex(text))
  return lines.map((line) => line.trim())
}

it('reckons a span from the moment of obeying', () => {
  expect(toInstant({ kind: 'after', seconds: 60 }, 1000)).toBe(61_000)
  expect(toInstant({ kind: 'at', instant: 5 }, 1000)).toBe(5)
})
