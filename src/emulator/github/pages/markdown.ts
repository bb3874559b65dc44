import { Marked } from 'marked'
import { escapeHtml, trusted, type Html } from './html.ts'
import { sanitise } from './sanitise.ts'

const alert = /^<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:<br>)?\s*/

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    code({ text, lang }) {
      const language = (lang ?? '').split(' ')[0] ?? ''
      if (language === 'diff') return `<pre class="diff"><code>${diffLines(text)}</code></pre>\n`
      const name = /^[a-z0-9+#-]+$/i.test(language) ? ` class="language-${language}"` : ''
      return `<pre><code${name}>${escapeHtml(text)}\n</code></pre>\n`
    },
    blockquote({ tokens }) {
      const inner = this.parser.parse(tokens)
      const kind = alert.exec(inner)?.[1]
      if (!kind) return `<blockquote>\n${inner}</blockquote>\n`
      const title = kind[0]! + kind.slice(1).toLowerCase()
      const body = inner.replace(alert, '<p>')
      return `<div class="alert ${kind.toLowerCase()}"><p class="alert-title">${title}</p>${body}</div>\n`
    },
  },
})

/** GitHub-flavoured Markdown of untrusted people as safe HTML. */
export function markdown(text: string): Html {
  return trusted(`<div class="markdown">${sanitise(marked.parse(text, { async: false }))}</div>`)
}

const classOfLine: Record<string, string> = { '+': 'add', '-': 'del', '!': 'hunk', '@': 'hunk', '#': 'hunk' }

/** The lines of a diff, one element each. */
export function diffLines(text: string): string {
  const lines = text.split('\n').map((line) => {
    const name = classOfLine[line[0] ?? '']
    return `<span${name ? ` class="${name}"` : ''}>${escapeHtml(line) || ' '}</span>`
  })
  return lines.join('')
}
