/** The pages' one style sheet. */
export const stylesheet = `
:root {
  --page: #f7f8f6; --card: #ffffff; --line: #d8dbd4; --ink: #1f2421; --dim: #646b66; --calm: #f1f3ef; --link: #0a5fa8;
  --good: #1c7f4b; --good-tint: #e0f3e6; --good-line: #a9dcbb; --bad: #b3261e; --bad-tint: #fce8e6; --bad-line: #f3beb9;
  --busy: #8f5f00; --busy-tint: #fdf2d0; --merged: #7048b6; --brand: #26302b;
}
* { box-sizing: border-box }
body { margin: 0; font: 14px/1.55 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif; color: var(--ink); background: var(--page) }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
code, pre, .sha, textarea.code { font-family: ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace; font-size: 12px }
header { display: flex; align-items: center; gap: 1rem; padding: .6rem 1.5rem; background: var(--brand); color: #e6ebe8 }
header a { color: #fff; font-weight: 600 }
header .emulated { padding: 0 .6rem; border: 1px solid #7d8a83; border-radius: 999px; font-size: 12px; color: #cdd6d1 }
header form { margin-left: auto; display: flex; align-items: center; gap: .5rem }
header select, header button { font: inherit; font-size: 13px; padding: .15rem .4rem; border-radius: 6px; border: 1px solid #7d8a83; background: #39443e; color: #fff }
nav { display: flex; gap: 1.25rem; padding: 0 1.5rem; border-bottom: 1px solid var(--line); background: var(--card) }
nav a { padding: .6rem 0; color: var(--ink) } nav a.active { font-weight: 600; box-shadow: 0 2px 0 #d9772b }
main { max-width: 1180px; margin: 0 auto; padding: 1.5rem }
h1 { margin: 0 0 .4rem; font-size: 1.6rem; font-weight: 500 } h1 .number { color: var(--dim); font-weight: 300 }
.meta { color: var(--dim); margin-bottom: 1rem } .meta b { color: var(--ink) }
.branch { padding: .1rem .45rem; border-radius: 5px; background: #e3edf5; color: #0a4e8a; font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 12px }
.state { display: inline-block; margin-right: .5rem; padding: .15rem .75rem; border-radius: 999px; color: #fff; font-weight: 600; font-size: 13px }
.state.open { background: var(--good) } .state.closed { background: var(--bad) } .state.merged { background: var(--merged) } .state.draft { background: var(--dim) }
.tabs { display: flex; gap: .25rem; margin-bottom: 1.25rem; border-bottom: 1px solid var(--line) }
.tabs a { padding: .45rem .9rem; border: 1px solid transparent; border-bottom: 0; border-radius: 7px 7px 0 0; color: var(--ink) }
.tabs a.active { background: var(--card); border-color: var(--line); margin-bottom: -1px; font-weight: 600 }
.count { padding: 0 .45rem; border-radius: 999px; background: #e4e7e1; font-size: 12px }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 250px; gap: 1.75rem }
aside h3 { margin: 0 0 .3rem; font-size: 12px; color: var(--dim); font-weight: 600 } aside section { padding-bottom: .9rem; margin-bottom: .9rem; border-bottom: 1px solid var(--line) }
aside .who { display: flex; justify-content: space-between; gap: .5rem }
.box { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: 1rem; overflow: hidden }
.box > .head { display: flex; align-items: center; gap: .5rem; padding: .45rem .9rem; background: var(--calm); border-bottom: 1px solid var(--line); color: var(--dim) }
.box > .head b { color: var(--ink) } .box > .body { padding: .9rem } .box.own > .head { background: #eaf2f8 }
.badge { padding: 0 .45rem; border: 1px solid var(--line); border-radius: 999px; font-size: 11px; color: var(--dim) }
.said { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: .9rem }
.avatar { display: inline-flex; align-items: center; justify-content: center; width: 40px; height: 40px; border-radius: 50%; color: #fff; font-weight: 600; font-size: 15px }
.avatar.bot { border-radius: 10px } .avatar.small { width: 20px; height: 20px; font-size: 10px }
.event { margin: 0 0 1rem 54px; padding-left: .9rem; border-left: 2px solid var(--line); color: var(--dim) } .event b { color: var(--ink) }
.event.approved { border-color: var(--good) } .event.changes { border-color: var(--bad) } .event.merged { border-color: var(--merged) }
.reactions { margin-top: .7rem } .reactions span { margin-right: .4rem; padding: .1rem .55rem; border: 1px solid var(--line); border-radius: 999px; font-size: 12px }
table.list { width: 100%; border-collapse: collapse } table.list td { padding: .6rem .9rem; border-top: 1px solid var(--line); vertical-align: top } table.list tr:first-child td { border-top: 0 }
table.list .title { font-weight: 600; font-size: 15px; color: var(--ink) } table.list small { display: block; color: var(--dim) } .right { text-align: right; white-space: nowrap }
.check { display: flex; align-items: baseline; gap: .6rem; padding: .5rem .9rem; border-top: 1px solid var(--line) } .check:first-child { border-top: 0 }
.check .name { font-weight: 600; color: var(--ink) } .check .dim { color: var(--dim); flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.mark { display: inline-block; flex: none; width: 1.1em; font-weight: 700; text-align: center } .mark.good { color: var(--good) } .mark.bad { color: var(--bad) } .mark.busy { color: var(--busy) } .mark.none { color: var(--dim) }
.merge { border-width: 2px } .merge.ready { border-color: var(--good-line) } .merge.blocked { border-color: var(--bad-line) } .merge.done { border-color: #cdbdea }
.merge .summary { padding: .8rem .9rem } .merge .summary b { display: block; font-size: 15px }
button, .button { display: inline-block; padding: .35rem .9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--calm); color: var(--ink); font: inherit; font-weight: 600; cursor: pointer }
button.primary, .button.primary { background: var(--good); border-color: var(--good); color: #fff } button:disabled { opacity: .5; cursor: default }
textarea, input[type=text], select { width: 100%; padding: .5rem .7rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; font: inherit } textarea { min-height: 90px }
textarea.code { min-height: 420px; white-space: pre; font-size: 12px } .actions { display: flex; justify-content: flex-end; gap: .5rem; margin-top: .6rem; align-items: center } .actions label { margin-right: auto }
.refused { padding: .7rem 1rem; margin-bottom: 1rem; border: 1px solid var(--bad-line); border-radius: 8px; background: var(--bad-tint); color: var(--bad) }
.stat .plus { color: var(--good); font-weight: 600 } .stat .minus { color: var(--bad); font-weight: 600 }
pre.diff { margin: 0; overflow-x: auto; background: var(--card) } pre.diff code { display: block; min-width: max-content } pre.diff span { display: block; padding: 0 .9rem; line-height: 1.6; white-space: pre; min-height: 1.6em }
pre.diff .add { background: var(--good-tint) } pre.diff .del { background: var(--bad-tint) } pre.diff .hunk { background: #eaf0f5; color: var(--dim) }
pre.blob { margin: 0; padding: .9rem; overflow-x: auto; line-height: 1.6 } .fork { color: var(--dim); font-size: 12px }
.markdown > :first-child { margin-top: 0 } .markdown > :last-child { margin-bottom: 0 } .markdown h1, .markdown h2 { padding-bottom: .25rem; border-bottom: 1px solid var(--line) } .markdown h2 { font-size: 1.3rem } .markdown h3 { font-size: 1.1rem; margin: 1.1rem 0 .5rem } .markdown h4 { margin: 1rem 0 .4rem }
.markdown table { border-collapse: collapse; margin: .6rem 0; display: block; overflow-x: auto } .markdown th, .markdown td { padding: .35rem .75rem; border: 1px solid var(--line); text-align: left; vertical-align: top } .markdown tr:nth-child(2n) td { background: var(--calm) }
.markdown code { padding: .15em .35em; border-radius: 5px; background: #eceeea } .markdown pre { padding: .8rem; overflow-x: auto; border-radius: 7px; background: var(--calm) } .markdown pre code { padding: 0; background: none } .markdown pre.diff { padding: .3rem 0; border: 1px solid var(--line); background: var(--card) }
.markdown blockquote { margin: .6rem 0; padding: 0 .9rem; border-left: 4px solid var(--line); color: var(--dim) } .markdown img { max-width: 100% } .markdown sub { color: var(--dim); font-size: .85em; vertical-align: baseline }
.markdown details { margin: .35rem 0; padding: .2rem 0 } .markdown summary { cursor: pointer } .markdown details[open] > summary { margin-bottom: .5rem } .markdown li { margin: .15rem 0 } .markdown hr { border: 0; border-top: 1px solid var(--line) }
.alert { margin: .7rem 0; padding: .3rem .9rem; border-left: 4px solid #2f6fb0 } .alert-title { margin: .2rem 0; font-weight: 600; color: #2f6fb0 } .alert.warning, .alert.important { border-color: #c98a00 } .alert.warning .alert-title, .alert.important .alert-title { color: var(--busy) } .alert.caution { border-color: var(--bad) } .alert.caution .alert-title { color: var(--bad) } .alert.tip { border-color: var(--good) } .alert.tip .alert-title { color: var(--good) }
footer { padding: 1.5rem; text-align: center; color: var(--dim); font-size: 12px }
@media (max-width: 820px) { .columns { grid-template-columns: minmax(0, 1fr) } }
`
