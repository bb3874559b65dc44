/** The look of every page. */
export const style = `
:root {
  --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --faint: #f6f8fa; --paper: #fff; --link: #0969da;
  --good: #1a7f37; --good-bg: #dafbe1; --bad: #cf222e; --bad-bg: #ffebe9; --busy: #9a6700; --busy-bg: #fff8c5;
  --merged: #8250df; --accent: #1f883d; --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box }
body { margin: 0; color: var(--ink); background: var(--paper); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
a { color: var(--link); text-decoration: none }
a:hover { text-decoration: underline }
h1, h2, h3 { margin: 0; line-height: 1.3 }
h1 { font-size: 24px; font-weight: 500 }
h2 { font-size: 14px }
h3 { font-size: 15px; font-weight: 600 }
p { margin: 0 }
ul { list-style: none; margin: 0; padding: 0 }
code, pre, .sha { font-family: var(--mono); font-size: 12px }
.icon { vertical-align: -3px; flex: none }
.wide { max-width: 1060px; margin: 0 auto; padding: 0 24px }
.banner { background: #25292e; color: #c8d1da; font-size: 11.5px; text-align: center; padding: 3px; letter-spacing: .02em }
.top { background: var(--faint); border-bottom: 1px solid var(--line); padding-top: 12px; margin-bottom: 24px }
.top > .wide:first-child { display: flex; align-items: center; gap: 10px; min-height: 32px; padding-bottom: 10px }
.home { color: var(--ink) }
.trail { font-size: 16px }
.act-as { margin-left: auto; display: flex; align-items: center; gap: 6px; color: var(--soft); font-size: 12px }
.tabs { display: flex; gap: 4px; align-items: center; overflow-x: auto }
.tab { padding: 8px 12px 10px; color: var(--ink); border-bottom: 2px solid transparent; white-space: nowrap; display: inline-flex; gap: 6px; align-items: center }
.tab:hover { text-decoration: none; border-color: var(--line) }
.tab .icon { color: var(--soft) }
.tab.current { font-weight: 600; border-color: #fd8c73 }
.count { background: #e7ebef; border-radius: 20px; padding: 0 7px; font-size: 12px; font-weight: 500; line-height: 18px }
.muted, .muted .login { color: var(--soft) }
.muted { font-size: 13px }
.badge { border: 1px solid var(--line); color: var(--soft); border-radius: 20px; padding: 0 7px; font-size: 12px; line-height: 18px; font-weight: 500; white-space: nowrap; display: inline-block }
.badge.signed { color: var(--good); border-color: var(--good) }
.badge .icon { width: 12px; height: 12px; vertical-align: -2px }
.avatar { display: inline-flex; align-items: center; justify-content: center; border-radius: 50%; color: #fff; font-weight: 600; width: 20px; height: 20px; font-size: 9px; letter-spacing: .02em; vertical-align: middle; position: relative; top: -1px; flex: none }
.avatar.bot { border-radius: 5px }
.avatar.large { width: 40px; height: 40px; font-size: 15px }
.avatar.large.bot { border-radius: 8px }
.hue-0 { background: #0969da } .hue-1 { background: #8250df } .hue-2 { background: #bf3989 } .hue-3 { background: #bc4c00 } .hue-4 { background: #1a7f37 }
.hue-5 { background: #116b7a } .hue-6 { background: #57606a } .hue-7 { background: #a40e26 } .hue-8 { background: #4d5db8 } .hue-9 { background: #7d5a00 }
.box { border: 1px solid var(--line); border-radius: 6px; background: var(--paper); margin-bottom: 16px; overflow: hidden }
.box.padded { padding: 12px 16px }
.box-head { background: var(--faint); padding: 8px 16px; display: flex; align-items: center; gap: 8px; border-bottom: 1px solid var(--line); min-height: 38px }
div.box.box-head { border: 1px solid var(--line) }
.box-head a { color: var(--soft) } .box-head a.current { color: var(--ink); font-weight: 600 } .box-head a strong { color: var(--ink) }
.cut { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.row { display: flex; gap: 10px; padding: 10px 16px; align-items: flex-start }
.row + .row, .check-row + .check-row { border-top: 1px solid var(--line) }
.row .title { font-weight: 600; color: var(--ink); font-size: 15px }
.row .title:hover { color: var(--link) }
.row-end { margin-left: auto; white-space: nowrap; flex: none }
.grow { flex: 1; min-width: 0 }
.files .row { padding: 6px 16px } .files .tree { color: #54aeff } .files .blob { color: var(--soft) }
.empty { color: var(--soft); padding: 16px; text-align: center }
.who { display: flex; gap: 12px; align-items: center; margin-bottom: 20px }
.page-title { font-size: 20px; margin-bottom: 16px }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 220px; gap: 24px }
aside h2 { color: var(--soft); font-size: 12px; font-weight: 600; margin-bottom: 6px }
aside .side { border-bottom: 1px solid var(--line); margin-bottom: 14px; padding-bottom: 14px; font-size: 13px }
aside .side li { margin-bottom: 4px; overflow-wrap: anywhere }
aside .side .icon { color: var(--soft) }
.branch { background: #ddf4ff; color: var(--link); border-radius: 6px; padding: 1px 6px; font: 12px/1.5 var(--mono) }
.crumbs { font-size: 16px; margin-bottom: 14px }
.state { color: #fff; border-radius: 20px; padding: 4px 12px; font-weight: 500; white-space: nowrap; display: inline-block; line-height: 20px }
.row .state { font-size: 12px; padding: 1px 8px } .row .state .icon { width: 13px; height: 13px }
.state.open { background: var(--accent) } .state.closed { background: var(--bad) } .state.merged { background: var(--merged) } .state.draft { background: #59636e }
.pull-head h1 { font-size: 28px; font-weight: 400; margin-bottom: 8px; overflow-wrap: anywhere } .pull-head h1 .muted { font-size: 28px; font-weight: 300 }
.pull-head .tabs { margin: 18px 0 20px; border-bottom: 1px solid var(--line) }
.pull-head .muted .login { color: var(--ink) }
.numbers { font-size: 12px; font-weight: 600 } .plus { color: var(--good) } .minus { color: var(--bad) }
.card { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: 16px; position: relative }
.card > .box { overflow: visible; position: relative; z-index: 1 }
.card > .box > .box-head { border-radius: 6px 6px 0 0 }
.conversation { position: relative }
.conversation > div:not([data-live=merge]) .card::after, .event::after { content: ""; position: absolute; z-index: 0; left: 72px; top: 0; bottom: -16px; width: 2px; background: var(--line) }
.event { position: relative; display: flex; gap: 12px; align-items: flex-start; margin-left: 56px; padding: 6px 0 10px; font-size: 13px; color: var(--soft) }
.event::after { left: 16px; bottom: -6px }
.event > * { position: relative; z-index: 1 }
.event .mark { width: 34px; height: 28px; margin-top: -3px; display: flex; align-items: center; justify-content: center }
.event .mark .icon { background: var(--faint); border: 2px solid #fff; box-shadow: 0 0 0 1px var(--line); border-radius: 50%; width: 28px; height: 28px; padding: 5px }
.event .login { color: var(--ink) }
.event .subject { font-family: var(--mono); font-size: 12px; color: var(--soft) }
.event.approved .mark .icon { background: var(--accent); color: #fff; box-shadow: none } .event.changes_requested .mark .icon, .event.closed .mark .icon { background: var(--bad); color: #fff; box-shadow: none }
.event.merged .mark .icon { background: var(--merged); color: #fff; box-shadow: none } .event.reopened .mark .icon { background: var(--accent); color: #fff; box-shadow: none }
.reactions { padding: 0 16px 12px } .reaction { border: 1px solid var(--line); border-radius: 20px; padding: 2px 9px; font-size: 12px; background: var(--faint) }
.tone { display: inline-flex; width: 16px; height: 16px; align-items: center; justify-content: center; flex: none; vertical-align: -3px }
.tone.good { color: var(--good) } .tone.bad { color: var(--bad) } .tone.busy { color: var(--busy) } .tone.quiet { color: var(--soft) }
.merge-box { margin-left: 56px; position: relative; z-index: 1; border-color: var(--line) }
.merge-part { display: flex; gap: 12px; padding: 14px 16px; border-top: 1px solid var(--line); align-items: flex-start }
.merge-box > :first-child, .merge-box > details:first-child .merge-part { border-top: 0 }
.merge-part > .tone, .merge-part > .mark { width: 30px; height: 30px; border-radius: 50%; color: #fff; background: var(--soft) }
.merge-part > .mark { display: flex; align-items: center; justify-content: center; flex: none }
.merge-part > .tone.good { background: var(--accent) } .merge-part > .tone.bad { background: var(--bad) } .merge-part > .tone.busy { background: #bf8700 } .merge-part > .mark.merged { background: var(--merged) }
.is-merged { border-color: var(--merged) }
.merge-checks summary { cursor: pointer; list-style: none } .merge-checks summary::-webkit-details-marker { display: none }
.merge-checks .rows { background: var(--faint); border-top: 1px solid var(--line) }
.check-row { display: flex; gap: 8px; padding: 8px 16px; align-items: center; font-size: 13px }
.check-name { font-weight: 600; color: var(--ink); white-space: nowrap } .check-words { color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1 } .check-row .details { font-size: 12px }
.reviewers li { margin-top: 6px }
.merge-actions { background: var(--faint); display: block } .merge-actions form { display: flex; gap: 8px }
.blocked { color: var(--bad); font-size: 13px; margin-top: 8px }
button, .button, select, input:not([type]), textarea { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); padding: 5px 12px }
button, .button { background: var(--faint); font-weight: 500; cursor: pointer; line-height: 20px; color: var(--ink) } button:hover, .button:hover { background: #eef1f4; text-decoration: none }
button.primary { background: var(--accent); border-color: #1a7f37; color: #fff } button.primary:hover { background: #1a7f37 }
button.good { color: var(--good) } button.bad { color: var(--bad) }
button:disabled { opacity: .5; cursor: not-allowed }
select { padding: 5px 8px } .act-as select { padding: 2px 6px; font-size: 12px; color: var(--ink) }
.row-end.button, .box-head .button { padding: 2px 10px; font-size: 12px }
textarea, .padded input:not([type]) { width: 100%; display: block; margin: 8px 0 }
textarea { resize: vertical; font: 13px/1.5 var(--mono) } .comment-form textarea { font-family: inherit; font-size: 14px }
textarea:focus, input:focus, select:focus, button:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: -1px }
.actions { display: flex; gap: 8px; flex-wrap: wrap; align-items: center; margin-top: 8px }
.comment-form { margin-top: 24px; border-top: 2px solid var(--line); padding-top: 24px }
.edit .editor { font-size: 12.5px; white-space: pre; overflow-x: auto }
.refusal { background: var(--bad-bg); border: 1px solid #ff818266; color: #82071e; border-radius: 6px; padding: 10px 14px; margin-bottom: 16px }
.markdown { padding: 14px 16px; overflow-wrap: break-word; font-size: 14px } .markdown > :first-child { margin-top: 0 } .markdown > :last-child { margin-bottom: 0 } .markdown img { max-width: 100%; height: auto }
.markdown p, .markdown ul, .markdown ol, .markdown .table, .markdown blockquote, .markdown pre, .markdown details { margin: 0 0 12px }
.markdown h1, .markdown h2, .markdown h3, .markdown h4 { margin: 20px 0 10px; font-weight: 600 } .markdown h1 { font-size: 24px; border-bottom: 1px solid var(--line); padding-bottom: 6px } .markdown h2 { font-size: 20px; border-bottom: 1px solid var(--line); padding-bottom: 6px } .markdown h3 { font-size: 17px } .markdown h4 { font-size: 14px }
.markdown ul { list-style: disc; padding-left: 24px } .markdown ol { padding-left: 24px } .markdown li + li { margin-top: 3px } .markdown li.task { list-style: none; margin-left: -20px } .markdown li > p { margin-bottom: 4px }
.markdown code { background: #818b981f; border-radius: 6px; padding: 2px 5px; font-size: 85% } .markdown pre code { background: none; padding: 0; font-size: 12px }
.markdown pre { background: var(--faint); border-radius: 6px; padding: 12px; overflow-x: auto; line-height: 1.45 }
.markdown pre.is-diff { padding: 8px 0 } .is-diff code { display: block; min-width: max-content } .is-diff .line { display: block; padding: 0 12px; white-space: pre }
.is-diff .add { background: var(--good-bg); color: #116329 } .is-diff .remove { background: var(--bad-bg); color: #82071e } .is-diff .hunk { color: var(--merged); background: #fbf7ff }
.markdown table { border-collapse: collapse; font-size: 13px } .table { overflow-x: auto } .markdown th, .markdown td { border: 1px solid var(--line); padding: 5px 12px; text-align: left; vertical-align: top } .markdown th { background: var(--faint); font-weight: 600 } .markdown th:empty { padding: 2px } .markdown .center { text-align: center } .markdown .right { text-align: right } .markdown tr:nth-child(2n) td { background: #f6f8fa99 }
.markdown blockquote { border-left: 4px solid var(--line); padding-left: 14px; color: var(--soft); margin-left: 0 } .markdown hr { border: 0; border-top: 2px solid var(--line); margin: 16px 0 }
.markdown details { border: 1px solid var(--line); border-radius: 6px; padding: 0 12px } .markdown details[open] { padding-bottom: 4px } .markdown details summary { cursor: pointer; padding: 7px 0 } .markdown details[open] > summary { margin: 0 -12px 10px; padding: 7px 12px; border-bottom: 1px solid var(--line); background: var(--faint); border-radius: 6px 6px 0 0 }
.markdown sub { font-size: 12px; color: var(--soft); vertical-align: baseline } .mention { font-weight: 600 }
.alert { border-left: 4px solid var(--link); padding: 4px 14px; margin-bottom: 12px } .alert.warning { border-color: #bf8700 } .alert.caution { border-color: var(--bad) } .alert.tip { border-color: var(--good) } .alert.important { border-color: var(--merged) }
.emoji { width: 1.2em; height: 1.2em; vertical-align: -.22em }
.t-key { color: #0550ae } .t-value { color: #0a3069 } .t-comment { color: var(--soft) }
.scroll { overflow-x: auto } .diff { border-collapse: collapse; width: 100%; font: 12px/20px var(--mono) } .diff td { padding: 0 8px; vertical-align: top } .diff .number { width: 1%; min-width: 40px; text-align: right; color: var(--soft); user-select: none; padding: 0 10px } .diff .sign { width: 1%; padding: 0 2px 0 8px; user-select: none } .diff .text { white-space: pre }
.diff .add { background: var(--good-bg) } .diff .add .number { background: #aceebb } .diff .remove { background: var(--bad-bg) } .diff .remove .number { background: #ffcecb } .diff .hunk { background: #ddf4ff; color: var(--soft) } .blob tr:target { background: var(--busy-bg) }
.file-diff > summary, .run > summary { cursor: pointer; list-style: none } .file-diff > summary::-webkit-details-marker, .run > summary::-webkit-details-marker { display: none } .path { font: 12px var(--mono); font-weight: 600 } .file-diff .numbers { margin-left: auto } .diff-summary { margin-bottom: 12px; color: var(--soft) }
details:not([open]) > .box-head { border-bottom: 0 }
.commit-head { padding: 14px 16px; background: var(--faint) } .commit-head h1 { font-size: 18px; font-weight: 600; margin-bottom: 6px } .commit-head .muted { display: flex; gap: 6px; align-items: center; flex-wrap: wrap } .commit-head pre, .message pre { white-space: pre-wrap; margin: 6px 0; color: var(--soft) } .message { display: inline } .message summary { display: inline-block; cursor: pointer; background: #e7ebef; border-radius: 4px; padding: 0 5px; line-height: 12px; list-style: none }
.annotation { border-left: 4px solid var(--link); margin: 0 16px 12px; padding: 8px 12px; background: var(--faint) } .annotation.warning { border-color: #bf8700; background: var(--busy-bg) } .annotation.failure { border-color: var(--bad); background: var(--bad-bg) } .kept { white-space: pre-wrap }
.run-foot { display: flex; gap: 8px; align-items: center; padding: 8px 16px; border-top: 1px solid var(--line); font-size: 13px }
@media (max-width: 760px) { .columns { grid-template-columns: 1fr } .wide { padding: 0 12px } .merge-box, .event { margin-left: 0 } .card { grid-template-columns: 1fr } .card-avatar { display: none } }
`
