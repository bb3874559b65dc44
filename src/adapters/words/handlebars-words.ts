import Handlebars from 'handlebars'
import type { Words } from '../../ports/words.ts'
import {
  codeBlock,
  codeCell,
  codeLabel,
  codeSpan,
  escapeAdvice,
  escapeHtml,
  escapeMarkdown,
  plainText,
} from './escape-markdown.ts'
import { formatDuration, formatInstant } from './format-time.ts'

/** What templates may call; everything else in braces is a value of the view. */
const helpers: Record<string, (...values: never[]) => unknown> = {
  /** The default of every `{{value}}`; a value that is missing is our mistake. */
  markdown: (value: unknown) => toMarkdown(value),
  /** What people are told to do, with the names of settings as code. */
  advice: (value: unknown) => safe(escapeAdvice(given(value))),
  code: (value: unknown) => safe(codeSpan(given(value))),
  /** Code inside a table. */
  cell: (value: unknown) => safe(codeCell(given(value))),
  label: (value: unknown) => safe(codeLabel(given(value))),
  /** Where GitHub reads no mark-up at all. */
  plain: (value: unknown) => safe(plainText(given(value))),
  html: (value: unknown) => safe(escapeHtml(given(value))),
  block: (language: string, value: unknown) => safe(codeBlock(given(value), language)),
  /** An address of our own making, as the target of a link. */
  url: (value: unknown) => safe(toAddress(given(value))),
  count: (value: unknown) => Number(given(value)).toLocaleString('en-US'),
  plural: (count: number, one: string, many: unknown) =>
    `${count.toLocaleString('en-US')} ${count === 1 ? one : typeof many === 'string' ? many : `${one}s`}`,
  duration: (seconds: number) => formatDuration(seconds),
  instant: (value: unknown) => formatInstant(typeof value === 'number' ? value : given(value)),
  /** To the second, where minutes hide what came first. */
  moment: (value: number) => formatInstant(value, 'second'),
  percent: (ratio: number) => `${(ratio * 100).toLocaleString('en-US', { maximumFractionDigits: 3 })} %`,
  is: (left: unknown, right: unknown) => left === right,
  /** Names one after the other as code: `a`, `b`. */
  codes: (values: readonly string[]) => safe(values.map(codeSpan).join(', ')),
}

/** Fills the templates handed in, by name: `comment/review`. Each is compiled when it is first needed. */
export function createWords(templates: Record<string, string>): Words {
  const handlebars = Handlebars.create()
  handlebars.registerHelper(helpers as Record<string, Handlebars.HelperDelegate>)
  const compiled = new Map(
    Object.entries(templates).map(([name, text]) => [name, handlebars.compile<object>(parse(text), options)]),
  )
  for (const [name, template] of compiled) handlebars.registerPartial(name, template)
  return {
    write: (name, view) => {
      const template = compiled.get(name)
      if (!template) throw new Error(`there is no template named ${name}`)
      return template(view)
    },
  }
}

const options = {
  strict: true,
  noEscape: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])),
} as CompileOptions

/** Reads a template and puts every escaped `{{value}}` through `markdown`, since Handlebars knows only HTML. */
function parse(text: string): hbs.AST.Program {
  const program = Handlebars.parse(text)
  new MarkdownByDefault().accept(program)
  return program
}

class MarkdownByDefault extends Handlebars.Visitor {
  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (!statement.escaped) return
    const { loc, params, hash, path } = statement
    const isCall = params.length > 0 || hash?.pairs?.length > 0
    const value = isCall
      ? ({ type: 'SubExpression', path, params, hash, loc } as hbs.AST.SubExpression)
      : path
    statement.path = pathTo('markdown', loc)
    statement.params = [value]
    statement.hash = { type: 'Hash', pairs: [], loc }
    statement.escaped = false
  }
}

function pathTo(name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression {
  return { type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc }
}

function toMarkdown(value: unknown): unknown {
  return value instanceof Handlebars.SafeString ? value : escapeMarkdown(given(value))
}

function toAddress(text: string): string {
  const { protocol, href } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`not a web address: ${text}`)
  return href.replaceAll('(', '%28').replaceAll(')', '%29')
}

function given(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Error(`a template wants a text where the view has ${value === null ? 'null' : typeof value}`)
}

function safe(text: string): Handlebars.SafeString {
  return new Handlebars.SafeString(text)
}
