import { raw, type Markup } from './markup.ts'

/** Drawn for these pages, 16 units wide. */
const shapes = {
  check: '<path d="M3 8.5 6.5 12 13 4.5"/>',
  cross: '<path d="m4 4 8 8m0-8-8 8"/>',
  dot: '<circle cx="8" cy="8" r="3.5" fill="currentColor"/>',
  neutral: '<path d="M4 8h8"/>',
  pull: '<circle cx="4" cy="3.5" r="1.8"/><circle cx="4" cy="12.5" r="1.8"/><circle cx="12" cy="12.5" r="1.8"/><path d="M4 5.3v5.4M12 10.7V6a2 2 0 0 0-2-2H7.5m2-2-2 2 2 2"/>',
  merge:
    '<circle cx="4" cy="3.5" r="1.8"/><circle cx="4" cy="12.5" r="1.8"/><circle cx="12" cy="8.5" r="1.8"/><path d="M4 5.3v5.4M4 5.3c.6 2.2 3 3.2 6.2 3.2"/>',
  commit: '<circle cx="8" cy="8" r="2.8"/><path d="M.8 8h4.4m5.6 0h4.4"/>',
  branch:
    '<circle cx="4" cy="3.5" r="1.8"/><circle cx="4" cy="12.5" r="1.8"/><circle cx="12" cy="4.5" r="1.8"/><path d="M4 5.3v5.4m8-4.4c0 2.2-3 3-7.3 3"/>',
  comment: '<path d="M2 3h12v8H8l-3 3v-3H2z"/>',
  eye: '<path d="M1 8c2-3 4.3-4.5 7-4.5S13 5 15 8c-2 3-4.3 4.5-7 4.5S3 11 1 8z"/><circle cx="8" cy="8" r="2"/>',
  folder: '<path d="M1.5 3.5h5l1.5 2h6.5v7.5h-13z" fill="currentColor" stroke="none"/>',
  file: '<path d="M3.5 1.5h6l3 3v10h-9zm6 0v3h3"/>',
  repository: '<path d="M3 13V3a1.5 1.5 0 0 1 1.5-1.5H13v11H4.5a1.5 1.5 0 0 0 0 3H13"/><path d="M6 4.5h4"/>',
  bridge: '<path d="M1 12.5h14M3 12.5V4m10 8.5V4M3 5c2 4 8 4 10 0M6 7.6v4.9m4-4.9v4.9"/>',
  lock: '<path d="M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
  pen: '<path d="m3 13 .6-3L10.5 3l2.5 2.5-7 7z"/>',
} as const

export type IconName = keyof typeof shapes

export function icon(name: IconName): Markup {
  return raw(
    `<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes[name]}</svg>`,
  )
}
