import { fillGoTemplate } from './fill-go-template.ts'
import { Undetermined } from './undetermined.ts'

export type Parameters = Record<string, unknown>

/** Which of its two template languages an ApplicationSet uses. */
export interface TemplateStyle {
  /** `goTemplate: true`. */
  isGo: boolean
  /** `goTemplateOptions`. */
  options: readonly string[]
}

/** Fills every text of a value, and the keys of its mappings. Throws Undetermined, naming the expression. */
export function fillTemplate(value: unknown, parameters: Parameters, style: TemplateStyle): unknown {
  if (typeof value === 'string') return fillText(value, parameters, style)
  if (Array.isArray(value)) return value.map((each) => fillTemplate(each, parameters, style))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      fillText(key, parameters, style),
      fillTemplate(each, parameters, style),
    ]),
  )
}

export function fillText(text: string, parameters: Parameters, style: TemplateStyle): string {
  return style.isGo ? fillGoTemplate(text, parameters, style.options) : fillTags(text, parameters)
}

/** The first `{{ … }}` that is still there: what no parameter was given for. */
export function openTag(text: string): string | undefined {
  const start = text.indexOf('{{')
  const end = text.indexOf('}}', start)
  return start < 0 || end < 0 ? undefined : text.slice(start, end + 2)
}

/**
 * Without `goTemplate`: `{{ name }}` is looked up as a whole, white space around it aside, and stays as it is written
 * where no parameter of that name is a text. Source: Argo CD, applicationset/utils/utils.go Replace; valyala/fasttemplate.
 */
function fillTags(text: string, parameters: Parameters): string {
  // Argo CD looks for both braces on one line before it reads the text as a template.
  if (!text.split('\n').some((line) => line.includes('{{') && line.lastIndexOf('}}') > line.indexOf('{{'))) {
    return text
  }
  let filled = ''
  let at = 0
  for (;;) {
    const open = text.indexOf('{{', at)
    if (open < 0) return filled + text.slice(at)
    const close = text.indexOf('}}', open + 2)
    if (close < 0) throw new Undetermined(`${text.slice(open, open + 40)} is not closed`)
    const tag = text.slice(open + 2, close)
    const name = tag.trim()
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    filled += text.slice(at, open) + (typeof value === 'string' && name !== '' ? value : `{{${tag}}}`)
    at = close + 2
  }
}
