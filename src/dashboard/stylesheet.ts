/** The pages' one style sheet. */
export const stylesheet = `
:root { color-scheme: light; --line: #d8dee6; --ink: #1c2733; --dim: #5c6b7a; --good: #1a7f4b; --busy: #9a6700; --bad: #c0332b; --calm: #f6f8fa }
* { box-sizing: border-box }
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; color: var(--ink) }
header { display: flex; gap: 2rem; padding: .75rem 1.5rem; background: #14283c }
header a { color: #fff; text-decoration: none; font-weight: 600 }
header nav { display: flex; gap: 1rem }
header nav a { font-weight: 400; opacity: .85 }
main { padding: 1.5rem; max-width: 1400px }
h1 { font-size: 1.25rem } h2 { font-size: 1.05rem; margin-top: 2rem } h2 span, h1 a { color: var(--dim); font-weight: 400 }
code { font: 12px ui-monospace, monospace; color: var(--dim) }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid var(--line); padding: .45rem .6rem; text-align: left; vertical-align: top }
thead th { background: var(--calm); font-weight: 600 } th.cluster { font-weight: 400; color: var(--dim) }
td small { display: block; color: var(--dim) } td small.drift { color: var(--busy) }
td.phase { border-left: 4px solid var(--line) }
td.healthy { border-left-color: var(--good) } td.healthy b { color: var(--good) }
td.applying, td.progressing, td.pending { border-left-color: var(--busy) } td.applying b, td.progressing b, td.pending b { color: var(--busy) }
td.degraded, td.refused, td.unreachable { border-left-color: var(--bad) } td.degraded b, td.refused b, td.unreachable b { color: var(--bad) }
.empty { color: var(--dim) }
.gates { list-style: none; padding: 0 } .gates li { padding: .2rem .6rem; border-left: 4px solid var(--line) }
.gates .pass { border-color: var(--good) } .gates .wait { border-color: var(--busy) } .gates .block { border-color: var(--bad) }
input[type=search] { width: 24rem; max-width: 100%; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: 6px; font: inherit }
.object { border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0 } summary { padding: .4rem .7rem; background: var(--calm); cursor: pointer }
.danger { margin: .4rem .7rem; color: var(--bad) }
pre { margin: 0; overflow-x: auto; font: 12px/1.45 ui-monospace, monospace }
pre span { display: block; padding: 0 .7rem; white-space: pre } .added { background: #e6f6ec } .removed { background: #fdeceb }
`
