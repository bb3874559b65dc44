import { html } from 'hono/html'

export { html, raw } from 'hono/html'

/** HTML in which every inserted value was escaped. */
export type Markup = ReturnType<typeof html>

export const nothing = html``

/** Escapes what would be read as HTML, and leaves character references such as `&amp;` as they are. */
export function escapeText(text: string): string {
  return text
    .replace(/&(?!#\d{1,7};|#[xX][\da-fA-F]{1,6};|[a-zA-Z][a-zA-Z\d]{1,31};)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Escapes everything, so that the text is shown as it is. */
export function escapeAll(text: string): string {
  return escapeText(text.replaceAll('&', '&amp;'))
}
