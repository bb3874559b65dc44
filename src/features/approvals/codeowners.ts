import type { Problem } from '../../domain/problem.ts'
import { matchesPath, parsePathPattern, type PathPattern } from './path-pattern.ts'

export interface Codeowners {
  /** In the order of the file; the last that matches a path decides alone. */
  rules: CodeownersRule[]
  /** True: the file cannot be used, and nobody can be said to own anything. */
  isUnreadable?: boolean
}

export interface CodeownersRule {
  pattern: string
  match: PathPattern
  /** `@login`, `@organisation/team` or an e-mail address. Empty: nobody owns what matches. */
  owners: string[]
  line: number
}

/** GitHub does not load a larger file. Source: GitHub Docs, "About code owners", "CODEOWNERS file size". */
const maxBytes = 3 * 1024 * 1024

/**
 * The rules of a CODEOWNERS file as GitHub reads it. A line that GitHub would skip is skipped here too, and reported.
 * Source: GitHub Docs, "About code owners", "CODEOWNERS syntax" and "Syntax exceptions".
 */
export function parseCodeowners(text: string, path: string): { codeowners: Codeowners; problems: Problem[] } {
  if (new TextEncoder().encode(text).length >= maxBytes) {
    const message = 'CODEOWNERS is 3 MB or larger: GitHub does not load it, so nobody owns anything'
    const fix = 'shorten the file; patterns with * can stand for many lines'
    const problem: Problem = { code: 'codeowners-too-large', path, line: 0, message, fix }
    return { codeowners: { rules: [], isUnreadable: true }, problems: [problem] }
  }
  const rules: CodeownersRule[] = []
  const problems: Problem[] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const [pattern, ...owners] = splitLine(raw)
    if (pattern === undefined) continue
    const line = index + 1
    const fault = faultOf(pattern, owners)
    if (fault !== undefined) {
      problems.push({ code: 'codeowners-invalid-line', path, line, ...fault })
      continue
    }
    const match = parsePathPattern(pattern)
    if (match !== undefined) rules.push({ pattern, match, owners: [...new Set(owners)], line })
  }
  return { codeowners: { rules }, problems }
}

/** Who owns the file at `path`, relative to the repository's root; empty where nobody does. */
export function ownersOf(codeowners: Codeowners, path: string): string[] {
  return codeowners.rules.findLast(({ match }) => matchesPath(match, path))?.owners ?? []
}

/** Words of a line: apart by blanks that no backslash stands before; the rest after a word that begins with # is a comment. */
function splitLine(line: string): string[] {
  const words: string[] = []
  let word = ''
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index)
    if (character === '#' && word === '') break
    if (character === ' ' || character === '\t') {
      if (word !== '') words.push(word)
      word = ''
    } else if (character === '\\') word += character + line.charAt(++index)
    else word += character
  }
  return word === '' ? words : [...words, word]
}

function faultOf(pattern: string, owners: readonly string[]): { message: string; fix: string } | undefined {
  const skipped = 'GitHub skips this line'
  if (pattern.startsWith('!')) {
    const fix = 'write a later line with the pattern and its owners, or with none'
    return { message: `a pattern cannot be negated with "!": ${skipped}`, fix }
  }
  if (pattern.startsWith('\\#')) {
    return {
      message: `a pattern cannot begin with "#", not even escaped: ${skipped}`,
      fix: 'use ?, or name the folder',
    }
  }
  if (pattern.includes('[') || pattern.includes(']')) {
    return {
      message: `character ranges in [ ] are not known here: ${skipped}`,
      fix: 'use ? or *, or one line for each name',
    }
  }
  const wrong = owners.find((owner) => !isOwner(owner))
  if (wrong === undefined) return undefined
  const message = `${JSON.stringify(wrong.slice(0, 60))} is not an owner: ${skipped}`
  return { message, fix: 'write @login, @organisation/team or an e-mail address' }
}

function isOwner(word: string): boolean {
  return (
    /^@[A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9._-]+)?$/.test(word) ||
    /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(word)
  )
}
