import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../../../src/emulator/github/pages/markdown.ts'

const show = async (text: string) => String(await renderMarkdown(text, { repository: '/shop/deploy' }))

describe('what a comment cannot do', () => {
  it.each`
    case                                      | text                                                                     | never
    ${'run a script'}                         | ${'<script>alert(1)</script>'}                                           | ${/<script|alert/}
    ${'run a script in capitals'}             | ${'<SCRIPT>alert(1)</SCRIPT>'}                                           | ${/<script/i}
    ${'run a script inside a block'}          | ${'<details><script>alert(1)</script></details>'}                        | ${/<script|alert/}
    ${'handle an event'}                      | ${'<img src=x onerror="alert(1)">'}                                      | ${/<img|onerror/}
    ${'handle an event after a slash'}        | ${'<b/onclick=alert(1)>x</b>'}                                           | ${/<b/}
    ${'handle an event of a fold'}            | ${'<details ontoggle=alert(1) open>x</details>'}                         | ${/ontoggle/}
    ${'link to a script'}                     | ${'[x](javascript:alert(1))'}                                            | ${/href/}
    ${'link to a script by entity'}           | ${'[x](javascript&colon;alert(1))'}                                      | ${/javascript(&colon;|:)/}
    ${'link to a script in angles'}           | ${'[x](<java\tscript:alert(1)>)'}                                        | ${/href/}
    ${'link to a script automatically'}       | ${'<javascript:alert(1)>'}                                               | ${/href/}
    ${'link to data'}                         | ${'[x](data:text/html,<script>alert(1)</script>)'}                       | ${/href/}
    ${'show a picture from outside'}          | ${'![x](https://example.org/x.png)'}                                     | ${/<img/}
    ${'show a picture of another repository'} | ${'![x](http://127.0.0.1/other/deploy/raw/main/x.svg)'}                  | ${/<img/}
    ${'break out of a picture'}               | ${'![x"onerror="alert(1)](http://127.0.0.1/shop/deploy/raw/"onload="x)'} | ${/" ?on/}
    ${'break out of an address'}              | ${'[x](https://a.example/"onmouseover="alert(1))'}                       | ${/"onmouseover/}
    ${'break out of code'}                    | ${'```diff\n+</code></pre><script>\n```'}                                | ${/<script|\+<\/code>/}
    ${'name a class by a language'}           | ${'```"><script>\nx\n```'}                                               | ${/<script/}
    ${'use HTML in a link'}                   | ${'<a href="javascript:alert(1)">x</a>'}                                 | ${/<a |href/}
    ${'style itself'}                         | ${'<p style="position:fixed">x</p>'}                                     | ${/style/}
    ${'show a frame'}                         | ${'<iframe src="https://example.org"></iframe>'}                         | ${/<iframe/}
    ${'show a form'}                          | ${'<form action="/x"><button>go</button></form>'}                        | ${/<form|<button/}
    ${'draw'}                                 | ${'<svg><script>alert(1)</script></svg>'}                                | ${/<svg|<script/}
    ${'hide a script in a comment'}           | ${'<!-- <script>alert(1)</script> -->'}                                  | ${/script/}
    ${'hide the rest of the page'}            | ${'<!-- never ended'}                                                    | ${/<!--/}
    ${'end the page'}                         | ${'</div></article></main></body>text'}                                  | ${/<\/(div|article|main|body)/}
    ${'close a cell of a table early'}        | ${'| a |\n|---|\n| </td></tr></table> |'}                                | ${/<\/table>.*<\/table>/s}
  `('cannot $case', async ({ text, never }: { text: string; never: RegExp }) => {
    expect(await show(text)).not.toMatch(never)
  })

  it.each`
    text                                           | expected
    ${'<details><summary>a'}                       | ${'<details><summary>a</summary></details>'}
    ${'![a](http://h/shop/deploy/raw/main/a.svg)'} | ${'<p><a href="http://h/shop/deploy/raw/main/a.svg" rel="nofollow noreferrer"><img src="/shop/deploy/raw/main/a.svg" alt="a"></a></p>'}
    ${'- <b>bold\n- plain'}                        | ${'<ul><li><b>bold</b></li><li>plain</li></ul>'}
    ${'> <details>\n\nafter'}                      | ${'<blockquote><details></details></blockquote>\n\n<p>after</p>'}
    ${'a <b>b <i>c</b> d'}                         | ${'<p>a <b>b <i>c</i></b> d</p>'}
  `('closes what $text leaves open', async ({ text, expected }: { text: string; expected: string }) => {
    expect(await show(text)).toBe(expected)
  })
})

describe('what a comment can do', () => {
  it('folds, with Markdown, tables and coloured diffs inside', async () => {
    const text =
      '<details><summary><b>cart</b> &amp; more</summary>\n\n| | a |\n|:-:|--:|\n| ✅ | x<br><sub>`y`</sub> |\n\n```diff\n@@ -1 +1 @@\n-a: <1>\n+a: 2\n```\n\n</details>'
    const shown = await show(text)
    expect(shown).toContain('<details><summary><b>cart</b> &amp; more</summary>')
    expect(shown).toContain('<td class="right">x<br><sub><code>y</code></sub></td>')
    expect(shown).toContain('aria-label="passed"')
    expect(shown).toContain(
      '<span class="line remove">-a: &lt;1&gt;</span><span class="line add">+a: 2</span>',
    )
    expect(shown.trimEnd().endsWith('</details>')).toBe(true)
  })

  it('keeps character references and escapes the rest', async () => {
    expect(await show('@&#8203;shop/x 1 < 2 &copy; &amp;lt; a&b')).toBe(
      '<p>@\u200bshop/x 1 &lt; 2 &copy; &amp;lt; a&amp;b</p>',
    )
  })

  it('links to pull requests and the web, and marks people', async () => {
    expect(await show('@ada see #12 and https://a.example/?x=1&y=2')).toBe(
      '<p><span class="mention">@ada</span> see <a href="/shop/deploy/pull/12">#12</a> and <a href="https://a.example/?x=1&amp;y=2" rel="nofollow noreferrer">https://a.example/?x=1&amp;y=2</a></p>',
    )
  })

  it('shows tasks and alerts', async () => {
    expect(await show('- [x] done\n- [ ] open')).toContain('<input type="checkbox" disabled checked>')
    expect(await show('> [!WARNING]\n> Look **here**')).toBe(
      '<div class="alert warning"><p><strong>Warning</strong></p><p>Look <strong>here</strong></p></div>',
    )
  })

  it('takes relative addresses of a file from its folder', async () => {
    const place = { repository: '/shop/deploy', folder: '/shop/deploy/blob/main/docs/' }
    expect(String(await renderMarkdown('[x](a.md)', place))).toContain(
      'href="/shop/deploy/blob/main/docs/a.md"',
    )
  })
})
