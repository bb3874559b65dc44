/** The pages' one style sheet. Colours follow the browser's light or dark setting. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #fff; --line: #dfe4ea; --ink: #1b2631; --dim: #5b6875; --calm: #f8fafb; --link: #0b62c4;
  --good: #187a48; --good-tint: #e3f4ea; --busy: #8a5a00; --busy-tint: #fdf1d3; --bad: #b92c24; --bad-tint: #fce8e6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10161d; --card: #182028; --line: #2c3742; --ink: #e4e9ee; --dim: #9aa7b4; --calm: #1d2730; --link: #6cb0ff;
    --good: #57c98b; --good-tint: #16352a; --busy: #e3b04f; --busy-tint: #3a2e14; --bad: #ff8479; --bad-tint: #42201d;
  }
}
* { box-sizing: border-box }
[hidden] { display: none !important }
body { margin: 0; font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; color: var(--ink); background: var(--page) }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
header { display: flex; align-items: center; gap: 1.75rem; padding: .7rem 1.5rem; background: #14283c }
header a { color: #c9d6e2 } header a.brand { color: #fff; font-weight: 650; font-size: 1.05rem; letter-spacing: .01em }
header nav { display: flex; gap: 1.25rem } header a.active { color: #fff; box-shadow: 0 2px 0 #4fa3ff }
header button { color: #c9d6e2; background: none; border-color: #3b5166 } header button:hover { background: #1e3850 }
#state { margin-left: auto; font-size: 12px; color: #c9d6e2 }
#state.online::before, #state.offline::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: .4rem; border-radius: 50%; background: #4cc98a }
#state.offline::before { background: #e3b04f }
main { padding: 1.25rem 1.5rem 3rem; max-width: 1500px }
h1 { font-size: 1.3rem; margin: 0 0 .75rem } h1 a, h1 span, h2 span { font-weight: 400 } h1 a { font-size: 1rem; margin-left: .4rem }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem } h2 > span { color: var(--dim) }
code { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; color: var(--dim) } a code { color: inherit }
.tools { display: flex; align-items: center; justify-content: space-between; gap: 1rem; margin-bottom: .75rem } .tools h1 { margin: 0 }
input[type=search] { width: 20rem; max-width: 100%; padding: .4rem .7rem; border: 1px solid var(--line); border-radius: 6px; font: inherit; color: inherit; background: var(--card) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: 1.25rem; overflow: hidden }
.card > h2 { display: flex; align-items: center; gap: 1rem; flex-wrap: wrap; margin: 0; padding: .7rem 1rem; border-bottom: 1px solid var(--line) }
.counts { display: flex; gap: .4rem; flex-wrap: wrap }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
tbody tr:last-child > * { border-bottom: 0 } tbody tr:hover > * { background: var(--calm) }
thead th { background: var(--calm); font-size: 12px; font-weight: 600; color: var(--dim) }
th.environment { color: var(--ink); font-size: 13px; border-left: 1px solid var(--line); border-bottom: 0 }
th.cluster { font-weight: 400; border-left: 1px solid var(--line) }
.board tbody > tr > * { padding: .45rem .5rem } .board thead th { padding: .3rem .5rem } .board td { min-width: 9rem; border-left: 1px solid var(--line) } .board tbody th { white-space: nowrap; font-weight: 600 }
td .head { display: flex; align-items: baseline; gap: .35rem; white-space: nowrap } td small { display: block; color: var(--dim) }
td small.reason { max-width: 20rem } td small.drift { color: var(--busy) } td.phase { box-shadow: inset 3px 0 0 var(--line) }
td.healthy { box-shadow: inset 3px 0 0 var(--good) } td.healthy b { color: var(--good) }
td.applying, td.progressing, td.pending { box-shadow: inset 3px 0 0 var(--busy) } td.applying b, td.progressing b, td.pending b { color: var(--busy) }
td.degraded, td.refused, td.unreachable { box-shadow: inset 3px 0 0 var(--bad) } td.degraded b, td.refused b, td.unreachable b { color: var(--bad) }
.audit td { white-space: nowrap } .audit td:nth-child(4), .audit td:last-child { white-space: normal; overflow-wrap: anywhere }
time { font-variant-numeric: tabular-nums }
.chip { display: inline-block; padding: 0 .5rem; border-radius: 999px; font-size: 12px; font-weight: 500; line-height: 20px; white-space: nowrap; background: var(--calm); color: var(--dim); box-shadow: inset 0 0 0 1px var(--line) }
.chip.healthy, .chip.pass, .chip.added { background: var(--good-tint); color: var(--good); box-shadow: none }
.chip.applying, .chip.progressing, .chip.pending, .chip.wait, .chip.changed, .chip.renamed { background: var(--busy-tint); color: var(--busy); box-shadow: none }
.chip.degraded, .chip.refused, .chip.unreachable, .chip.block, .chip.removed { background: var(--bad-tint); color: var(--bad); box-shadow: none }
.empty { color: var(--dim) }
.gates { list-style: none; padding: 0 } .gates li { display: grid; grid-template-columns: 7.5rem 4rem 1fr; gap: .5rem; padding: .5rem 1rem; border-bottom: 1px solid var(--line) }
.gates li:last-child { border-bottom: 0 } .gates small { display: block; color: var(--dim) } .gates .chip { justify-self: start; align-self: start }
.object { margin: .5rem 0 } summary { padding: .45rem .8rem; cursor: pointer } summary small { color: var(--dim) } .object[open] summary { border-bottom: 1px solid var(--line) }
.danger, .note { margin: 0; padding: .4rem .8rem; background: var(--bad-tint); color: var(--bad); font-weight: 500 } .note { background: var(--busy-tint); color: var(--busy) } .folded { margin: 0; padding: .3rem .8rem; color: var(--dim); font-size: 12px }
pre { margin: 0; padding: .3rem 0; overflow-x: auto; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace }
pre span { display: block; min-width: max-content; padding: 0 .8rem; white-space: pre; content-visibility: auto } pre .plus { background: var(--good-tint) } pre .minus { background: var(--bad-tint) } pre .gap { color: var(--dim) }
.sticky { position: sticky; top: 0; z-index: 1; padding: .6rem 0; background: var(--page) } .sticky input { flex: 1; max-width: 34rem } #found { flex: 1; color: var(--dim) }
.buttons { display: flex; gap: .4rem } button { padding: .35rem .7rem; border: 1px solid var(--line); border-radius: 6px; font: inherit; color: inherit; background: var(--card); cursor: pointer } button:hover { background: var(--calm) }
a:focus-visible, summary:focus-visible, button:focus-visible, input:focus-visible { outline: 2px solid var(--link); outline-offset: 1px }
.dangers { list-style: none; margin: 0 0 1.25rem; padding: 0; border-left: 4px solid var(--bad) } .dangers li { padding: .5rem 1rem; border-bottom: 1px solid var(--line) } .dangers li:last-child { border-bottom: 0 } .dangers b { color: var(--bad); font-weight: 600 }
details.card > .gates { margin: 0; border-top: 1px solid var(--line) } .contents ul { margin: 0; padding: .3rem 0 .6rem; list-style: none; border-top: 1px solid var(--line) } .contents li { padding: .15rem 1rem } .contents span { color: var(--dim) }
h3 { font-size: .95rem; margin: 1.2rem 0 .4rem } h3 a { color: inherit } h3 span { font-weight: 400; color: var(--dim) }
.lines { font-size: 12px; font-variant-numeric: tabular-nums } .lines ins, .lines del { text-decoration: none; font-weight: 400; color: var(--good) } .lines del { color: var(--bad) }
section, .object { scroll-margin-top: 4rem } :target > summary, :target > h3 { box-shadow: inset 3px 0 0 var(--link) }
section.slo > p { margin: .7rem 1rem } section.slo > .scroll { padding: 0 1rem .5rem } section.slo svg { max-width: 100%; height: auto } section.slo table { border-top: 1px solid var(--line) }
.figures { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .2rem 1rem 1rem } .figures dt { color: var(--dim); font-size: 12px } .figures dd { margin: 0; font-weight: 600 } .figures .good { color: var(--good) } .figures .bad { color: var(--bad) }
.chip.breached, .chip.not-attributable { background: var(--bad-tint); color: var(--bad); box-shadow: none } .chip.inconclusive, .chip.blind { background: var(--busy-tint); color: var(--busy); box-shadow: none }
@media print { header, .tools { display: none } }
`
