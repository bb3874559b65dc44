import type { Subcommand } from './subcommand.ts'

/** What `drawbridge --help` prints. */
export function describeAll(subcommands: Record<string, Subcommand>): string {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length)) + 2
  const lines = Object.entries(subcommands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`)
  return [
    'drawbridge: what a change to a GitOps repository does, before and after it is merged',
    '',
    'Usage: drawbridge <subcommand> [options]',
    '',
    ...lines,
    '',
    'drawbridge <subcommand> --help says more. Exit codes: 0 done, 1 problems were found, 2 differences (diff --exit-code),',
    '64 the command line was not understood, 69 something outside failed (git, a renderer, the store), 70 a mistake of ours.',
    '',
  ].join('\n')
}

/** What `drawbridge <name> --help` prints. */
export function describeOne(name: string, { summary, usage, description, options }: Subcommand): string {
  const rows = Object.entries(options).map(([option, { value, summary, oneOf }]) => {
    const shown = value === undefined ? `--${option}` : `--${option} ${value}`
    return [shown, oneOf ? `${summary} (${oneOf.join(', ')})` : summary] as const
  })
  const width = Math.max(...rows.map(([shown]) => shown.length), 6) + 2
  return [
    `drawbridge ${name}: ${summary}`,
    '',
    `Usage: drawbridge ${name} ${usage}`,
    '',
    ...rows.map(([shown, text]) => `  ${shown.padEnd(width)}${text}`),
    `  ${'--help'.padEnd(width)}This text`,
    '',
    ...description.flatMap((paragraph) => [paragraph, '']),
  ].join('\n')
}
