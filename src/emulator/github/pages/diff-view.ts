import type { FileEntry } from '../git-output.ts'
import { yamlLine } from './code-lines.ts'
import { escapeAll, html, nothing, raw, type Markup } from './markup.ts'
import { plural } from './pieces.ts'

/** Lines of one file that are shown at once. */
const longest = 3_000

/** A unified diff, file by file, with the line numbers of both sides. */
export function diffView(files: FileEntry[]): Markup {
  const sum = (pick: (file: FileEntry) => number) => files.reduce((all, file) => all + pick(file), 0)
  return html`<p class="diff-summary">
      ${plural(files.length, 'changed file')} with
      <strong class="plus"
        >${plural(
          sum((file) => file.additions),
          'addition',
        )}</strong
      >
      and
      <strong class="minus"
        >${plural(
          sum((file) => file.deletions),
          'deletion',
        )}</strong
      >
    </p>
    ${files.map(fileDiff)}`
}

function fileDiff(file: FileEntry): Markup {
  const name = file.previousPath ? html`${file.previousPath} → ${file.path}` : file.path
  return html`<details class="box file-diff" open id="diff-${file.path}">
    <summary class="box-head">
      <span class="path">${name}</span>
      ${file.status === 'modified' ? nothing : html`<span class="badge">${file.status}</span>`}
      <span class="numbers"
        ><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span
      >
    </summary>
    ${file.patch ? patchTable(file) : html`<p class="empty">Nothing to show as text.</p>`}
  </details>`
}

function patchTable(file: FileEntry): Markup {
  const lines = file.patch!.split('\n')
  const isYaml = /\.ya?ml$/.test(file.path)
  const rows = numbered(lines.slice(0, longest)).map((line) => {
    const code = isYaml && line.kind !== 'hunk' ? yamlLine(line.text) : escapeAll(line.text)
    const sign = { add: '+', remove: '−', same: ' ', hunk: ' ' }[line.kind]
    return `<tr class="${line.kind}"><td class="number">${line.before ?? ''}</td><td class="number">${line.after ?? ''}</td><td class="sign">${sign}</td><td class="text">${code}</td></tr>`
  })
  const more =
    lines.length > longest
      ? html`<p class="empty">${lines.length - longest} more lines are not shown.</p>`
      : nothing
  return html`<div class="scroll">
      <table class="diff">
        <tbody>
          ${raw(rows.join(''))}
        </tbody>
      </table>
    </div>
    ${more}`
}

interface DiffLine {
  kind: 'add' | 'remove' | 'same' | 'hunk'
  text: string
  before?: number
  after?: number
}

function numbered(lines: string[]): DiffLine[] {
  let [before, after] = [0, 0]
  return lines.map((line): DiffLine => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line)
    if (hunk) {
      ;[before, after] = [Number(hunk[1]), Number(hunk[2])]
      return { kind: 'hunk', text: line }
    }
    if (line.startsWith('+')) return { kind: 'add', text: line.slice(1), after: after++ }
    if (line.startsWith('-')) return { kind: 'remove', text: line.slice(1), before: before++ }
    if (line.startsWith('\\')) return { kind: 'same', text: line }
    return { kind: 'same', text: line.slice(1), before: before++, after: after++ }
  })
}
