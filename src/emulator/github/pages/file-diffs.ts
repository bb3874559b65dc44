import type { FileEntry } from '../git-output.ts'
import { html, trusted, type Html } from './html.ts'
import { diffLines } from './markdown.ts'

/** One box a file with its hunks. */
export function shownFiles(files: FileEntry[]): Html[] {
  return files.map(
    (file) =>
      html`<div class="box">
        <div class="head">
          <b>${file.previousPath && html`${file.previousPath} → `}${file.path}</b>
          <span class="badge">${file.status}</span>
          <span class="stat"
            ><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span
          >
        </div>
        <pre
          class="diff"
        ><code>${trusted(diffLines(file.patch ?? 'Nothing to show: binary, or only renamed.'))}</code></pre>
      </div>`,
  )
}
