import type { SensitiveNames } from './sensitive-names.ts'

/** Puts a fingerprint in the place of a secret. */
export type Fingerprint = (secret: unknown) => string

/** Texts that are a secret, or repeat one, as a whole. */
const wholly = /-----BEGIN [A-Z ]*PRIVATE KEY|["']?kind["']?[ \t]*:[ \t]*["']?secret\b/i

/** Tokens that are known by their looks: of GitHub, GitLab, Slack, Stripe, AWS, and JSON Web Tokens. */
const tokens =
  /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{30,255}|glpat-[\w-]{16,64}|xox[abprs]-[\w-]{10,255}|[rs]k_live_\w{10,255}|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,4096}\.[\w-]{10,8192}\.[\w-]{10,1024})/g

/** The password in `postgres://user:password@host`. */
const userInfo = /(:\/\/[^\s:@/'"]{0,200}:)([^\s@/'"]{1,500})(?=@)/g

/** A name and what assigns: `password = `, `"token":`, `--api-key=`. A colon alone may as well stand before an image's tag. */
const assignment = /([\w.-]{1,100})(?:["']?[ \t]*:?=[ \t]*|["'][ \t]*:[ \t]*|[ \t]*:(?:[ \t]+|(?=\r?\n)))/g

/** With more secrets than this, a text is hidden as a whole; a line longer than this ends where it is cut. */
const mostSecrets = 500
const longestLine = 20_000

/** A value after an assignment: quoted, or up to what ends it in JSON, in a connection string or in a query. */
const quoted = /"(?:[^"\\\n]|\\.){0,20000}"|'[^'\n]{0,20000}'/y
const bare = /[^\s,;&'"]+/y

/** The start of a line that assigns, so that all the rest of it is the value. */
const lineStart = /(?:^|\n)[ \t]*(?:- |export |--?)?$/

/** What stands for a value that is elsewhere, or for none. */
const reference = /^["']?(?:\$\([\w.-]+\)|\$\{[\w.:-]+\}|\{\{[^}]*\}\}|true|false|null|~)?["']?$/i

/** A text with the secrets in it masked: keys, tokens, passwords in addresses, and values assigned to sensitive names. */
export function maskText(text: string, names: SensitiveNames, fingerprint: Fingerprint): string {
  if (wholly.test(text)) return fingerprint(text)
  const known = text
    .replaceAll(tokens, (token) => fingerprint(token))
    .replaceAll(userInfo, (_, head: string, password: string) => head + fingerprint(password))
  return known.includes('=') || known.includes(':') ? maskAssignments(known, names, fingerprint) : known
}

export function isReference(text: string): boolean {
  return reference.test(text)
}

function maskAssignments(text: string, names: SensitiveNames, fingerprint: Fingerprint): string {
  let masked = ''
  let done = 0
  let count = 0
  for (const match of text.matchAll(assignment)) {
    const start = match.index + match[0].length
    if (match.index < done || !names.variable(match[1] ?? '')) continue
    if (++count > mostSecrets) return fingerprint(text)
    const end = endOfValue(text, match.index, start)
    const value = text.slice(start, end)
    if (value.trim() === '' || isReference(value.trim())) continue
    masked += text.slice(done, start) + fingerprint(value)
    done = end
  }
  return masked + text.slice(done)
}

/** Where the value ends that is assigned at `start` to the name at `at`. */
function endOfValue(text: string, at: number, start: number): number {
  const line = text.slice(start, start + longestLine).indexOf('\n')
  const end = line === -1 ? text.length : start + line
  const rest = text.slice(start, end).trim()
  if (lineStart.test(text.slice(Math.max(0, at - 80), at))) {
    if (/^(?:[|>][+-]?\d?)?$/.test(rest)) return endOfBlock(text, at, end)
    if (!/^["'{[]/.test(rest)) return end
  }
  for (const pattern of [quoted, bare]) {
    pattern.lastIndex = start
    if (pattern.test(text)) return pattern.lastIndex
  }
  return start
}

/** The lines under a YAML key that are indented deeper than it. */
function endOfBlock(text: string, at: number, firstEnd: number): number {
  const indent = at - (text.lastIndexOf('\n', at - 1) + 1)
  let end = firstEnd
  while (end < text.length) {
    const next = text.indexOf('\n', end + 1)
    const line = text.slice(end + 1, next === -1 ? text.length : next)
    if (line.trim() !== '' && line.length - line.trimStart().length <= indent) break
    end = next === -1 ? text.length : next
  }
  return end
}
