/** What one step took. */
export interface Row {
  step: string
  applied?: number
  ready?: number
  requests: Record<string, number>
  agentMs: number
  serverMs: number
  note?: string
  /** How many times what the bare loop took for the same in the same round. */
  timesBare?: { applied: number; agentMs: number }
}

/** One of everything, on API servers of its own. */
export interface Round {
  rows: Row[]
  /** Of each agent. */
  peaksMiB: number[]
}

export const bareName = 'bare loop'

/** With what the bare loop took for the same. */
export function besideBare(row: Row, rows: readonly Row[]): Row {
  const bare = rows.find(({ step }) => step === `${bareName}: ${row.step}`)
  if (bare?.applied === undefined || row.applied === undefined) return row
  return {
    ...row,
    timesBare: { applied: row.applied / bare.applied, agentMs: row.agentMs / bare.agentMs },
  }
}

/** Each figure is the median of its own; requests and notes are those of the last round. */
export function medianRows(rounds: readonly Round[]): Row[] {
  const last = rounds.at(-1)?.rows ?? []
  return last.map((row, index) => {
    const all = rounds.flatMap(({ rows }) => rows[index] ?? [])
    const median = (read: (one: Row) => number | undefined) => {
      const values = all.flatMap((one) => read(one) ?? []).toSorted((a, b) => a - b)
      return values[Math.floor((values.length - 1) / 2)]
    }
    const { applied, ready, timesBare } = row
    return {
      ...row,
      ...(applied !== undefined && { applied: median((one) => one.applied) }),
      ...(ready !== undefined && { ready: median((one) => one.ready) }),
      agentMs: median((one) => one.agentMs) ?? 0,
      serverMs: median((one) => one.serverMs) ?? 0,
      ...(timesBare && {
        timesBare: {
          applied: median((one) => one.timesBare?.applied) ?? 0,
          agentMs: median((one) => one.timesBare?.agentMs) ?? 0,
        },
      }),
    }
  })
}

export function describe({ step, applied, ready, requests, agentMs, serverMs, note }: Row): string {
  const times = [
    applied !== undefined && `applied ${applied.toFixed(1)} s`,
    ready !== undefined && `ready ${ready.toFixed(1)} s`,
  ].filter(Boolean)
  const sent = Object.entries(requests).map(([verb, count]) => `${count} ${verb}`)
  const cpu = [`agent ${agentMs.toFixed(0)} ms`, `API server ${serverMs} ms`]
  return [step, ...times, sent.join(' ') || 'no request', ...cpu, note].filter(Boolean).join(' · ')
}

/** In Markdown. */
export function table(rows: Row[], applications: number): string {
  const lines = rows.map(({ step, applied, ready, requests, agentMs, serverMs, note, timesBare }) => {
    const sent = Object.entries(requests).map(([verb, count]) => `${count} ${verb}`)
    const cells = [
      step,
      applied?.toFixed(1) ?? '–',
      ready?.toFixed(1) ?? '–',
      sent.join(', ') || '0',
      (agentMs / applications).toFixed(2),
      (serverMs / applications).toFixed(1),
      [note, timesBare && timesWords(timesBare)].filter(Boolean).join('; '),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| step | applied (s) | ready (s) | requests | agent CPU per application (ms) | API server CPU per application (ms) | |'
  return `${head}\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`
}

function timesWords({ applied, agentMs }: NonNullable<Row['timesBare']>): string {
  return `${applied.toFixed(1)} × the time and ${agentMs.toFixed(1)} × the processor time of the bare loop`
}
