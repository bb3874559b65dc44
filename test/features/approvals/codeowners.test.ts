import { describe, expect, it } from 'vitest'
import { ownersOf, parseCodeowners } from '../../../src/features/approvals/codeowners.ts'
import { matchesPath, parsePathPattern } from '../../../src/features/approvals/path-pattern.ts'

/** The example of GitHub Docs, "About code owners", line by line in its meaning. */
const documented = `
# Each line is a file pattern followed by one or more owners.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`

describe('the documented example', () => {
  const { codeowners, problems } = parseCodeowners(documented, 'CODEOWNERS')

  it.each`
    path                            | owners
    ${'README.md'}                  | ${'@global-owner1 @global-owner2'}
    ${'deep/down/file.c'}           | ${'@global-owner1 @global-owner2'}
    ${'index.js'}                   | ${'@js-owner'}
    ${'src/deep/index.js'}          | ${'@js-owner'}
    ${'src/index.jsx'}              | ${'@global-owner1 @global-owner2'}
    ${'main.go'}                    | ${'docs@example.com'}
    ${'notes.txt'}                  | ${'@octo-org/octocats'}
    ${'build/logs/today'}           | ${'@octocat'}
    ${'build/notlogs/today'}        | ${'@global-owner1 @global-owner2'}
    ${'docs/getting-started.md'}    | ${'@doctocat'}
    ${'docs/build-app/trouble.md'}  | ${'@doctocat'}
    ${'x/docs/getting-started.md'}  | ${'@global-owner1 @global-owner2'}
    ${'lib/apps/one'}               | ${'@octocat'}
    ${'scripts/run.sh'}             | ${'@doctocat @octocat'}
    ${'deeply/nested/logs'}         | ${'@octocat'}
    ${'deeply/nested/logs/a/b.txt'} | ${'@octocat'}
    ${'apps/web/main.c'}            | ${'@octocat'}
    ${'apps/github'}                | ${''}
    ${'apps/github/main.c'}         | ${''}
    ${'apps/github2/main.c'}        | ${'@octocat'}
  `('$path → $owners', ({ path, owners }) => {
    expect(ownersOf(codeowners, path).join(' ')).toBe(owners)
  })

  it('has no problems', () => expect(problems).toEqual([]))
})

/** pattern | matches | does not match; paths are apart by blanks. */
const corpus: [pattern: string, matches: string, others: string][] = [
  ['*', 'a a/b a/b/c .hidden', ''],
  ['/*', 'a .hidden', 'a/b'],
  ['**', 'a a/b', ''],
  ['/**', 'a a/b', ''],
  ['*.js', 'a.js d/a.js .js', 'a.jsx a.JS ajs'],
  ['/*.js', 'a.js', 'd/a.js'],
  ['docs/*', 'docs/a docs/b.md', 'docs/a/b docs x/docs/a'],
  ['/docs/*', 'docs/a', 'docs/a/b'],
  ['docs/*.md', 'docs/a.md', 'docs/a.txt docs/x/a.md'],
  ['docs/**', 'docs/a docs/a/b', 'docs x/docs/a'],
  ['docs/**/', 'docs/a/b docs/a/b/c', 'docs/a docs'],
  ['docs/**/*', 'docs/a docs/a/b', 'docs'],
  ['docs/**/*.md', 'docs/a.md docs/x/a.md docs/x/y/a.md', 'docs/a.txt a.md'],
  ['docs/', 'docs/a x/docs/a x/docs/y/a', 'docs docs2/a'],
  ['/docs/', 'docs/a docs/a/b', 'x/docs/a docs'],
  ['docs', 'docs docs/a x/docs x/docs/a/b', 'docs2 mydocs'],
  ['/docs', 'docs docs/a/b', 'x/docs docs2'],
  ['a/b', 'a/b a/b/c', 'x/a/b a/bc'],
  ['/a/b', 'a/b a/b/c', 'x/a/b'],
  ['a/b/', 'a/b/c a/b/c/d', 'a/b x/a/b/c'],
  ['**/a', 'a x/a x/y/a a/below', 'ab'],
  ['**/a/b', 'a/b x/a/b x/a/b/c', 'a/x/b'],
  ['a/**/b', 'a/b a/x/b a/x/y/b a/x/b/below', 'a/bx x/a/b'],
  ['a/**/b/**/c', 'a/b/c a/x/b/y/c a/b/b/c', 'a/c b/c'],
  ['**/a/**', 'a/x y/a/x y/a/x/z', 'a'],
  ['a*', 'a ab x/abc ab/below', 'ba'],
  ['*a', 'a ba x/cba', 'ab'],
  ['a*c', 'ac abc abbc', 'abcd'],
  ['*a*', 'bab a', 'bcd'],
  ['a**c', 'ac abc', 'a/c'],
  ['a?c', 'abc', 'ac abbc a/c'],
  ['/a?', 'ab', 'a abc x/ab'],
  ['???', 'abc x/abc', 'ab'],
  ['/a/*/c', 'a/b/c a/b/c/d', 'a/c a/b/b/c'],
  ['*/a', 'x/a', 'a x/y/a'],
  ['/apps/*/overlays/prod/', 'apps/checkout/overlays/prod/k.yaml', 'apps/checkout/overlays/dev/k.yaml'],
  ['/Docs/', 'Docs/a', 'docs/a DOCS/a'],
  ['a\\ b', 'a\u00a0b'.replace('\u00a0', '%20'), 'a'],
  ['.github', '.github/CODEOWNERS .github', 'github'],
  ['*.min.*', 'a.min.js x/b.min.css', 'a.js'],
  ['a.b', 'a.b', 'aXb'],
  ['a+(b)', 'a+(b)', 'ab'],
  ['{a,b}', '{a,b}', 'a b'],
  ['$x^', '$x^', 'x'],
  ['päth/', 'päth/a', 'path/a'],
  ['/a//b', '', 'a/b'],
  ['/', '', 'a a/b'],
  ['**/', 'a/b a/b/c', 'a'],
  ['/**/*', 'a a/b', ''],
  ['a/b/**/', 'a/b/x/c', 'a/b/c a/b'],
  ['a\\/b', '', 'a/b a\\/b'],
  ['a***c', 'ac abc', 'a/c'],
]

describe('patterns', () => {
  const rows = corpus.flatMap(([pattern, yes, no]) => [
    ...words(yes).map((path) => [pattern, path, true] as const),
    ...words(no).map((path) => [pattern, path, false] as const),
  ])

  it('are told by at least 80 cases', () => expect(rows.length).toBeGreaterThanOrEqual(80))

  it.each(rows)('%s and %s: %s', (pattern, path, isMatch) => {
    const { codeowners, problems } = parseCodeowners(`${pattern} @ada`, 'CODEOWNERS')
    expect(problems).toEqual([])
    expect(ownersOf(codeowners, path).length > 0).toBe(isMatch)
  })

  function words(text: string): string[] {
    return text === '' ? [] : text.split(' ').map((word) => word.replace('%20', ' '))
  }
})

describe('lines', () => {
  it.each`
    case                               | text                     | path          | owners
    ${'the last match wins'}           | ${'*.js @a\n*.js @b'}    | ${'x.js'}     | ${'@b'}
    ${'also over a narrower one'}      | ${'/x.js @a\n* @b'}      | ${'x.js'}     | ${'@b'}
    ${'no owner takes ownership away'} | ${'* @a\n*.js'}          | ${'x.js'}     | ${''}
    ${'comment instead of owners'}     | ${'* @a\n*.js # nobody'} | ${'x.js'}     | ${''}
    ${'comment line'}                  | ${'* @a\n# *.js @b'}     | ${'x.js'}     | ${'@a'}
    ${'indented comment'}              | ${'* @a\n  # *.js @b'}   | ${'x.js'}     | ${'@a'}
    ${'leading blanks'}                | ${'  *.js\t@a'}          | ${'x.js'}     | ${'@a'}
    ${'carriage returns'}              | ${'* @a\r\n*.js @b\r\n'} | ${'x.js'}     | ${'@b'}
    ${'byte order mark'}               | ${'\uFEFF*.js @a'}       | ${'x.js'}     | ${'@a'}
    ${'one inside a name'}             | ${'* @a\nx\uFEFFy @b'}   | ${'x\uFEFFy'} | ${'@b'}
    ${'# inside a name'}               | ${'x#y @a'}              | ${'x#y'}      | ${'@a'}
    ${'an owner twice'}                | ${'* @a @a'}             | ${'x'}        | ${'@a'}
    ${'escaped # is skipped'}          | ${'* @a\n\\#x @b'}       | ${'#x'}       | ${'@a'}
    ${'negation is skipped'}           | ${'* @a\n!x @b'}         | ${'x'}        | ${'@a'}
    ${'ranges are skipped'}            | ${'* @a\n[a-z] @b'}      | ${'x'}        | ${'@a'}
    ${'half a range is skipped'}       | ${'* @a\n[x @b'}         | ${'[x'}       | ${'@a'}
    ${'the other half, too'}           | ${'* @a\nx] @b'}         | ${'x]'}       | ${'@a'}
    ${'two @ in an owner'}             | ${'* @a\nx @b@c.d'}      | ${'x'}        | ${'@a'}
    ${'no domain after the @'}         | ${'* @a\nx b@c'}         | ${'x'}        | ${'@a'}
    ${'more after an address'}         | ${'* @a\nx b@c.d@e'}     | ${'x'}        | ${'@a'}
    ${'an address of a subdomain'}     | ${'* @a\nx b@c.d.e'}     | ${'x'}        | ${'b@c.d.e'}
    ${'a word that is no owner'}       | ${'* @a\nx @b bob'}      | ${'x'}        | ${'@a'}
    ${'an owner with two slashes'}     | ${'* @a\nx @b/c/d'}      | ${'x'}        | ${'@a'}
    ${'an e-mail address'}             | ${'* ada@example.com'}   | ${'x'}        | ${'ada@example.com'}
    ${'nothing at all'}                | ${''}                    | ${'x'}        | ${''}
  `('$case', ({ text, path, owners }) => {
    expect(ownersOf(parseCodeowners(text, 'CODEOWNERS').codeowners, path).join(' ')).toBe(owners)
  })

  it('reports each line that GitHub skips, with its number', () => {
    const text = `* @a\n!x @b\n[a] @b\n\\#x @b\n/ok @a\nx ${'bob'.repeat(30)}\n`
    expect(parseCodeowners(text, '.github/CODEOWNERS').problems).toMatchInlineSnapshot(`
      [
        {
          "code": "codeowners-invalid-line",
          "fix": "write a later line with the pattern and its owners, or with none",
          "line": 2,
          "message": "a pattern cannot be negated with "!": GitHub skips this line",
          "path": ".github/CODEOWNERS",
        },
        {
          "code": "codeowners-invalid-line",
          "fix": "use ? or *, or one line for each name",
          "line": 3,
          "message": "character ranges in [ ] are not known here: GitHub skips this line",
          "path": ".github/CODEOWNERS",
        },
        {
          "code": "codeowners-invalid-line",
          "fix": "use ?, or name the folder",
          "line": 4,
          "message": "a pattern cannot begin with "#", not even escaped: GitHub skips this line",
          "path": ".github/CODEOWNERS",
        },
        {
          "code": "codeowners-invalid-line",
          "fix": "write @login, @organisation/team or an e-mail address",
          "line": 6,
          "message": ""bobbobbobbobbobbobbobbobbobbobbobbobbobbobbobbobbobbobbobbob" is not an owner: GitHub skips this line",
          "path": ".github/CODEOWNERS",
        },
      ]
    `)
  })

  it('is not read at 3 MB, and is below it', () => {
    const line = '* @ada\n'
    const fill = (bytes: number) => line + '#'.repeat(bytes - line.length)
    const limit = 3 * 1024 * 1024
    expect(parseCodeowners(fill(limit), 'CODEOWNERS')).toMatchInlineSnapshot(`
      {
        "codeowners": {
          "isUnreadable": true,
          "rules": [],
        },
        "problems": [
          {
            "code": "codeowners-too-large",
            "fix": "shorten the file; patterns with * can stand for many lines",
            "line": 0,
            "message": "CODEOWNERS is 3 MB or larger: GitHub does not load it, so nobody owns anything",
            "path": "CODEOWNERS",
          },
        ],
      }
    `)
    expect(parseCodeowners(fill(limit - 1), 'CODEOWNERS').codeowners.rules).toHaveLength(1)
  })
})

it('ends on patterns made to be slow', () => {
  const path = `${'a/'.repeat(2000)}${'a'.repeat(4000)}`
  const patterns = [
    `${'*a'.repeat(200)}b`,
    `${'**/a/'.repeat(200)}b`,
    `/${'*/'.repeat(300)}b`,
    `${'*'.repeat(500)}b`,
  ]
  for (const text of patterns) {
    const pattern = parsePathPattern(text)
    expect(pattern && matchesPath(pattern, path)).toBe(false)
  }
})

it.each`
  pattern     | path      | isMatch
  ${'a\\'}    | ${'a\\'}  | ${true}
  ${'a\\'}    | ${'a'}    | ${false}
  ${'a\\*/b'} | ${'a*/b'} | ${true}
  ${'a\\*/b'} | ${'ax/b'} | ${false}
  ${''}       | ${'a'}    | ${false}
  ${'/a//b'}  | ${'a//b'} | ${false}
  ${'a'}      | ${''}     | ${false}
`('the pattern “$pattern” alone and “$path”: $isMatch', ({ pattern, path, isMatch }) => {
  const parsed = parsePathPattern(pattern)
  expect(parsed !== undefined && matchesPath(parsed, path)).toBe(isMatch)
})
