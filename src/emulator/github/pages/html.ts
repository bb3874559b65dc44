/** Text that is HTML already; everything else is escaped when it is put in. */
export interface Html {
  html: string
}

type Value = Html | string | number | undefined | false | null | Value[]

/** A template whose values are escaped; lists are joined, `undefined`, `null` and `false` leave nothing. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return { html: parts.map((part, index) => part + toHtml(values[index])).join('') }
}

export const trusted = (text: string): Html => ({ html: text })

function toHtml(value: Value): string {
  if (value === undefined || value === null || value === false) return ''
  if (Array.isArray(value)) return value.map(toHtml).join('')
  return typeof value === 'object' ? value.html : escapeHtml(String(value))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
}
