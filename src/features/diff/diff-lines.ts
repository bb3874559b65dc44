import { structuredPatch } from 'diff'
import type { Hunk } from '../../domain/object-diff.ts'
import { yamlSections } from './yaml-sections.ts'

/** Lines shown before and after a change. */
const context = 3

/** Edits after which the shortest difference is no longer looked for; the search costs lines × edits. */
const maxEditLength = 1_000

/** Milliseconds, for the case that the bound above does not catch. */
const timeout = 500

/**
 * The unified hunks between two texts. Texts that differ nearly everywhere are shown as one replaced by the other, so that no
 * content can make this slow.
 */
export function diffLines(before: string, after: string): Hunk[] {
  return before === after ? [] : withSections(findHunks(before, after), linesOf(after))
}

/** Says of each hunk in which part of the new text its first change stands. */
function withSections(hunks: Hunk[], lines: readonly string[]): Hunk[] {
  const sections = yamlSections(lines)
  return hunks.map((hunk) => {
    const lead = hunk.lines.findIndex((line) => !line.startsWith(' '))
    const section = sections[hunk.newStart - 1 + Math.max(0, lead)]
    return section ? { ...hunk, section } : hunk
  })
}

function findHunks(before: string, after: string): Hunk[] {
  if (leastEdits(before, after) > maxEditLength) return [replaceMiddle(linesOf(before), linesOf(after))]
  const patch = structuredPatch('', '', before, after, '', '', { context, maxEditLength, timeout })
  if (!patch) return [replaceMiddle(linesOf(before), linesOf(after))]
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    oldStart,
    oldLines,
    newStart,
    newLines,
    lines: lines.filter((line) => !line.startsWith('\\')),
  }))
}

/** Lines that one side has and the other has not: so many edits at least, known without a search. */
function leastEdits(before: string, after: string): number {
  const [old, young] = [linesOf(before), linesOf(after)]
  const [known, fresh] = [new Set(old), new Set(young)]
  return old.filter((line) => !fresh.has(line)).length + young.filter((line) => !known.has(line)).length
}

/** A whole text that came or went: one hunk. */
export function wholeText(text: string, sign: '+' | '-'): Hunk[] {
  const lines = linesOf(text)
  return [sign === '+' ? replaceMiddle([], lines) : replaceMiddle(lines, [])]
}

/** One hunk that replaces all between what both sides begin and end with. */
function replaceMiddle(before: readonly string[], after: readonly string[]): Hunk {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const start = Math.max(0, head - context)
  const rest = Math.max(0, tail - context)
  const unchanged = (from: number, to: number) => before.slice(from, to).map((line) => ` ${line}`)
  const oldLines = before.length - rest - start
  const newLines = after.length - rest - start
  return {
    oldStart: oldLines > 0 ? start + 1 : start,
    oldLines,
    newStart: newLines > 0 ? start + 1 : start,
    newLines,
    lines: [
      ...unchanged(start, head),
      ...before.slice(head, before.length - tail).map((line) => `-${line}`),
      ...after.slice(head, after.length - tail).map((line) => `+${line}`),
      ...unchanged(before.length - tail, before.length - rest),
    ],
  }
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
