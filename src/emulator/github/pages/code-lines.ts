import { escapeAll } from './markup.ts'

/** A diff as lines with a colour each. */
export function diffLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `<span class="line ${kindOf(line)}">${escapeAll(line) || ' '}</span>`)
    .join('')
}

function kindOf(line: string): string {
  if (line.startsWith('@@')) return 'hunk'
  if (line.startsWith('+')) return 'add'
  if (line.startsWith('-')) return 'remove'
  return 'same'
}

/** YAML with its keys, strings and comments coloured, line by line. */
export function yamlLines(text: string): string {
  return text.split('\n').map(yamlLine).join('\n')
}

export function yamlLine(line: string): string {
  const comment = /^(\s*)(#.*)$/.exec(line)
  if (comment) return `${comment[1]}<span class="t-comment">${escapeAll(comment[2]!)}</span>`
  const pair = /^(\s*(?:- +)*)([\w./@~$-]+|"[^"]*"|'[^']*')(:)(?= |$)(.*)$/.exec(line)
  if (!pair) return yamlValue(line)
  return `${escapeAll(pair[1]!)}<span class="t-key">${escapeAll(pair[2]!)}</span>${pair[3]}${yamlValue(pair[4]!)}`
}

function yamlValue(text: string): string {
  const value = /^(\s*(?:- +)*)(.*?)(\s+#.*)?$/.exec(text)
  if (!value) return escapeAll(text)
  const [, indent = '', plain = '', comment = ''] = value
  const shown =
    plain === '' || /^[|>&*{[]/.test(plain)
      ? escapeAll(plain)
      : `<span class="t-value">${escapeAll(plain)}</span>`
  return `${escapeAll(indent)}${shown}${comment && `<span class="t-comment">${escapeAll(comment)}</span>`}`
}
