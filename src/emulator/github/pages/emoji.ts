const round = (fill: string, inner = '') => `<circle cx="10" cy="10" r="8.5" fill="${fill}"/>${inner}`
const stroke = (d: string, color = '#fff') =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`

/** Drawn, since not every machine has a font for them. Words are read out in their place. */
const drawings = new Map<string, { words: string; shape: string }>([
  [
    '✅',
    {
      words: 'passed',
      shape: `<rect x="1.5" y="1.5" width="17" height="17" rx="4" fill="#1f883d"/>${stroke('m5.5 10.5 3 3 6-7')}`,
    },
  ],
  ['⛔', { words: 'blocked', shape: round('#cf222e', stroke('M5.8 10h8.4')) }],
  [
    '⏳',
    {
      words: 'waiting',
      shape: `<path d="M5 2h10v3l-4 5 4 5v3H5v-3l4-5-4-5z" fill="#eac54f" stroke="#7d4e00" stroke-width="1.4" stroke-linejoin="round"/>`,
    },
  ],
  [
    '⚠',
    {
      words: 'warning',
      shape: `<path d="M10 2 19 18H1z" fill="#eac54f" stroke="#bf8700" stroke-width="1.4" stroke-linejoin="round"/>${stroke('M10 8v4.5m0 3v.01', '#3b2300')}`,
    },
  ],
  [
    '🔎',
    {
      words: 'looking',
      shape: `<circle cx="11.5" cy="8.5" r="5.5" fill="#ddf4ff" stroke="#57606a" stroke-width="2"/><path d="m7 13-4.5 4.5" stroke="#57606a" stroke-width="3" stroke-linecap="round"/>`,
    },
  ],
  ['🔵', { words: 'blue', shape: round('#218bff') }],
  ['🟢', { words: 'green', shape: round('#2da44e') }],
  ['🔴', { words: 'red', shape: round('#cf222e') }],
  ['🟠', { words: 'orange', shape: round('#e16f24') }],
  ['🟡', { words: 'yellow', shape: round('#d4a72c') }],
  [
    '⚪',
    {
      words: 'white',
      shape: `<circle cx="10" cy="10" r="8" fill="#f6f8fa" stroke="#8c959f" stroke-width="1.4"/>`,
    },
  ],
  ['👍', { words: '+1', shape: thumb('') }],
  ['👎', { words: '-1', shape: thumb(' transform="rotate(180 10 10)"') }],
  [
    '👀',
    {
      words: 'eyes',
      shape: `<g fill="#fff" stroke="#57606a" stroke-width="1.2"><ellipse cx="5.5" cy="10" rx="4" ry="6"/><ellipse cx="14.5" cy="10" rx="4" ry="6"/></g><circle cx="7" cy="11" r="1.9"/><circle cx="16" cy="11" r="1.9"/>`,
    },
  ],
  [
    '🚀',
    {
      words: 'rocket',
      shape: `<path d="M18 2c-6 0-10 4-11.5 8l3.5 3.5C14 12 18 8 18 2z" fill="#8c959f"/><path d="m6.5 10-4 .8 3-4.3 3 .2zM10 13.5l-.8 4 4.3-3-.2-3z" fill="#cf222e"/><circle cx="12.8" cy="7.2" r="1.7" fill="#ddf4ff"/>`,
    },
  ],
  [
    '❤',
    {
      words: 'heart',
      shape: `<path d="M10 17.5C3 12.5 1.5 9 2.5 6 3.8 2.5 8 2.5 10 6c2-3.5 6.2-3.5 7.5 0 1 3-.5 6.5-7.5 11.5z" fill="#cf222e"/>`,
    },
  ],
])

function thumb(turn: string): string {
  return `<path${turn} d="M2 9h3.5v8.5H2zM7 9l3-6.5c1.8 0 2.3 1.5 2 3L11.5 8H17c1.5 0 1.5 1.8.9 2.3.9.7.6 2-.4 2.4.5.9.1 2-.9 2.2.2.9-.3 2.1-1.6 2.1H9.5L7 16z" fill="#eac54f" stroke="#9a6700" stroke-width="1" stroke-linejoin="round"/>`
}

const pattern = /[✅⛔⏳⚠🔎🔵🟢🔴🟠🟡⚪👍👎👀🚀❤]\u{FE0F}?/gu

/** Puts drawings into text that is HTML already and holds no tags. */
export function drawEmoji(text: string): string {
  return text.replace(pattern, (sign) => {
    const drawing = drawings.get(sign.replace('\u{FE0F}', ''))
    if (!drawing) return sign
    return `<svg class="emoji" viewBox="0 0 20 20" role="img" aria-label="${drawing.words}">${drawing.shape}</svg>`
  })
}
