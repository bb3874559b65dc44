import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/edge-cases.md'), 'utf8')
const shown = [...page.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, words = '', path = '']) => ({
  words: words.replaceAll('\\', ''),
  path,
}))

describe('the page of edge cases', () => {
  it.each(shown)('names what is there: $words in $path', ({ words, path }) => {
    expect(readFileSync(join(root, path), 'utf8')).toContain(words)
  })

  it('has a test for every case', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| When'))
    const without = rows.filter((row) => !row.includes('](../test/'))
    expect(rows.length).toBeGreaterThan(70)
    expect(without.filter((row) => !/^\| -+/.test(row))).toEqual([])
  })

  it('leaves out no story of faults', () => {
    const stories = readdirSync(join(root, 'test/faults')).filter((name) => name.endsWith('.test.ts'))
    const named = new Set(shown.filter(({ path }) => dirname(path) === 'test/faults').map(({ path }) => path))
    expect(stories.filter((name) => !named.has(`test/faults/${name}`))).toEqual([])
  })
})
