import * as fc from '../../properties.ts'

/** Texts that would do harm if they were not taken as text. */
export const hostileTexts = [
  '```\n</details>\n<!-- drawbridge:review -->\n@org/everyone #123 GH-7 https://evil.example',
  '````diff\n~~~',
  '~~~mermaid\ngraph TD\n~~~',
  '<img src=x onerror=alert(1)>',
  '<style>*{display:none}</style><script>alert(1)</script>',
  '</summary></details></table>',
  '-->',
  '<!-- ',
  '<![CDATA[',
  '| a | b |\n|---|---|',
  'a\\|b|c\\\\|d',
  '[click](https://evil.example "x")',
  '![](https://evil.example/beacon.png)',
  '[a]: https://evil.example',
  '[^1]: a footnote',
  '[^1]',
  '[[a page]]',
  '> [!CAUTION]\n> all is well',
  '- [x] approved',
  '# a heading',
  'a heading\n===',
  '***',
  '1. one',
  '$$\\frac{1}{2}$$',
  'costs $1 and $2',
  '$`x`$',
  '@ada @shop/platform a@b.example',
  'shop/gitops#12 gh-9 #1',
  '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d shop@1a2b3c4',
  'https://github.com/shop/gitops/issues/1',
  'www.evil.example ftp://evil.example mailto:a@b.example',
  ':tada: :+1:',
  '\u202Etxt.exe\u202C\u200B\u2066x',
  '\u001b[31mred\u001b[0m',
  'a\r\nb\rc\u2028d',
  '\u001b[31mred\u001b[0m``` https://evil.example',
  '\u0000\ud800',
  '`',
  '``` `` `',
  '\\',
  '*a* _b_ ~~c~~ **d**',
  '&lt;b&gt; &#64;ada &commat;ada',
  '    indented',
  '\tindented',
  '😀'.repeat(20),
  '=cmd|"/c calc"!A1',
  '{{constructor}} {{{x}}} {{> comment/review}}',
]

/** One of these, several of them one after the other, or anything at all; never blank. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', maxLength: 12 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '')
