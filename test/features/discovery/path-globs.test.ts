import { describe, expect, it } from 'vitest'
import {
  doubleStar,
  gitPathspec,
  gobwas,
  goPath,
  matchesPathGlob,
} from '../../../src/features/discovery/path-globs.ts'

const dialects = { goPath, gitPathspec, doubleStar, gobwas }

/*
 * | dialect     | *, ? cross / | ** as a segment | {a,b} | [!a] |
 * |-------------|--------------|-----------------|-------|------|
 * | goPath      | no           | as *            | no    | no   |  Go, path.Match
 * | gitPathspec | yes          | as *            | no    | yes  |  gitglossary, pathspec
 * | doubleStar  | no           | any folders     | yes   | yes  |  bmatcuk/doublestar
 * | gobwas      | yes          | as *            | yes   | yes  |  gobwas/glob, no separators
 */
describe('patterns of paths', () => {
  it.each`
    dialect          | pattern               | path                   | fits
    ${'goPath'}      | ${'addons/*'}         | ${'addons/dns'}        | ${true}
    ${'goPath'}      | ${'addons/*'}         | ${'addons/dns/base'}   | ${false}
    ${'goPath'}      | ${'addons/**'}        | ${'addons/dns/base'}   | ${false}
    ${'goPath'}      | ${'addons/**'}        | ${'addons/dns'}        | ${true}
    ${'goPath'}      | ${'*/{a,b}'}          | ${'x/a'}               | ${false}
    ${'goPath'}      | ${'a[0-9]/?'}         | ${'a7/x'}              | ${true}
    ${'goPath'}      | ${'a[^0-9]'}          | ${'ax'}                | ${true}
    ${'goPath'}      | ${'a[!0-9]'}          | ${'ax'}                | ${false}
    ${'goPath'}      | ${'a\\*'}             | ${'a*'}                | ${true}
    ${'goPath'}      | ${'a\\*'}             | ${'ab'}                | ${false}
    ${'goPath'}      | ${'a[b'}              | ${'ab'}                | ${false}
    ${'gitPathspec'} | ${'c/**/config.json'} | ${'c/a/b/config.json'} | ${true}
    ${'gitPathspec'} | ${'c/**/config.json'} | ${'c/config.json'}     | ${false}
    ${'gitPathspec'} | ${'c/*.json'}         | ${'c/a/b.json'}        | ${true}
    ${'gitPathspec'} | ${'c/?onfig.[!y]son'} | ${'c/config.json'}     | ${true}
    ${'doubleStar'}  | ${'v/**/x.yaml'}      | ${'v/x.yaml'}          | ${true}
    ${'doubleStar'}  | ${'v/**/x.yaml'}      | ${'v/a/b/x.yaml'}      | ${true}
    ${'doubleStar'}  | ${'v/**'}             | ${'v/a/b/x.yaml'}      | ${true}
    ${'doubleStar'}  | ${'v/*.yaml'}         | ${'v/a/x.yaml'}        | ${false}
    ${'doubleStar'}  | ${'v/a**.yaml'}       | ${'v/ab/x.yaml'}       | ${false}
    ${'doubleStar'}  | ${'v/{a,b*}.yaml'}    | ${'v/bc.yaml'}         | ${true}
    ${'gobwas'}      | ${'*.yaml'}           | ${'sub/a.yaml'}        | ${true}
    ${'gobwas'}      | ${'{*.yml,config/*}'} | ${'config/x/a.json'}   | ${true}
    ${'gobwas'}      | ${'{a,b{c,d}}.yaml'}  | ${'bd.yaml'}           | ${true}
    ${'gobwas'}      | ${'{a,b.yaml'}        | ${'a'}                 | ${false}
    ${'gobwas'}      | ${'[!a]x'}            | ${'bx'}                | ${true}
  `('$dialect: $pattern and $path → $fits', ({ dialect, pattern, path, fits }) => {
    expect(matchesPathGlob(pattern, path, dialects[dialect as keyof typeof dialects])).toBe(fits)
  })

  it('takes no longer for a hostile pattern', () => {
    const pattern = `${'*a'.repeat(200)}{${'x,'.repeat(400)}}`
    expect(matchesPathGlob(pattern, 'a'.repeat(2_000), gobwas)).toBe(true)
    expect(matchesPathGlob('{a,b}'.repeat(40), 'a'.repeat(40), gobwas)).toBe(false)
  })
})
