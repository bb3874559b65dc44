import { parseArgs } from 'node:util'
import { nearestWord } from '../features/config/nearest-word.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import { agent } from './agent.ts'
import { demo } from './demo.ts'
import { diff } from './diff.ts'
import { discoverCommand } from './discover.ts'
import { doctor } from './doctor.ts'
import { promote } from './promote.ts'
import { render } from './render.ts'
import { replay } from './replay.ts'
import { rights } from './rights.ts'
import { serve } from './serve.ts'
import { slo } from './slo.ts'
import { sloReplay } from './slo-replay.ts'
import { status } from './status.ts'
import {
  type CommandContext,
  type CommandOutlet,
  exitCodes,
  type Given,
  type OpenOptions,
  type Subcommand,
  UsageError,
} from './subcommand.ts'
import { tree } from './tree.ts'
import { describeAll, describeOne } from './usage.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'

/** Every word after `drawbridge`. */
export const subcommands: Record<string, Subcommand> = {
  diff,
  render,
  validate,
  discover: discoverCommand,
  rights,
  promote,
  status,
  slo,
  'slo replay': sloReplay,
  tree,
  verify,
  replay,
  doctor,
  demo,
  serve,
  agent,
}

/**
 * Runs one command line to its exit code. Nothing is thrown: what went wrong is said on stderr. `open` makes what
 * commands work with; help does without.
 */
export async function runCommandLine(
  args: readonly string[],
  outlet: CommandOutlet,
  open: (options: OpenOptions) => Promise<CommandContext>,
): Promise<number> {
  try {
    return await run(args, outlet, open)
  } catch (error) {
    return report(error, outlet)
  }
}

async function run(
  args: readonly string[],
  outlet: CommandOutlet,
  open: (options: OpenOptions) => Promise<CommandContext>,
): Promise<number> {
  const { name, rest } = commandOf(args)
  if (name === '' || name === 'help' || name === '--help' || name === '-h') {
    const wanted = name === 'help' ? commandOf(rest).name : ''
    outlet.stdout(wanted === '' ? describeAll(subcommands) : describeOne(wanted, commandNamed(wanted)))
    return name === '' ? exitCodes.usage : exitCodes.ok
  }
  if (name === '--version' || name === 'version') {
    outlet.stdout(`drawbridge ${outlet.version}\n`)
    return exitCodes.ok
  }
  const command = commandNamed(name)
  if (rest.includes('--help') || rest.includes('-h')) {
    outlet.stdout(describeOne(name, command))
    return exitCodes.ok
  }
  const given = parseOptions(name, command, rest)
  return command.run(given, await open({ isCached: !given.boolean('no-cache') }))
}

/** A subcommand is one word, or two: `slo replay`. */
function commandOf(args: readonly string[]): { name: string; rest: string[] } {
  const words = Object.hasOwn(subcommands, args.slice(0, 2).join(' ')) ? 2 : 1
  return { name: args.slice(0, words).join(' '), rest: args.slice(words) }
}

function commandNamed(name: string): Subcommand {
  const command = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (command) return command
  throw new UsageError(
    `there is no subcommand ${name}${didYouMean(name, Object.keys(subcommands))}; see drawbridge --help`,
  )
}

function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestWord(word, candidates)
  return nearest === undefined ? '' : `, did you mean ${nearest}?`
}

function parseOptions(name: string, command: Subcommand, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([option, { type, multiple }]) => [
      option,
      { type, multiple: multiple ?? false },
    ]),
  )
  const parsed = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const argument = command.argument && parsed.positionals.length === 1 ? command.argument : undefined
  for (const token of parsed.tokens) {
    if (token.kind === 'positional' && !argument)
      throw new UsageError(`drawbridge ${name} takes no ${token.value}; see drawbridge ${name} --help`)
    if (token.kind === 'option') checkOption(name, command, token.name, token.value)
  }
  const values = parsed.values as Record<string, string | boolean | (string | boolean)[] | undefined>
  if (argument) values[argument.option] ??= parsed.positionals[0]
  return {
    string: (option) => (typeof values[option] === 'string' ? values[option] : undefined),
    boolean: (option) => values[option] === true,
    list: (option) => [values[option] ?? []].flat().map(String),
  }
}

function checkOption(name: string, command: Subcommand, option: string, value: string | undefined): void {
  const known = Object.hasOwn(command.options, option) ? command.options[option] : undefined
  if (!known) {
    const hint = didYouMean(option, Object.keys(command.options)).replace('mean ', 'mean --')
    throw new UsageError(`drawbridge ${name} has no option --${option}${hint}; see drawbridge ${name} --help`)
  }
  if (known.type === 'string' && (value === undefined || value === '')) {
    throw new UsageError(`--${option} needs a value: --${option} ${known.value ?? 'VALUE'}`)
  }
  if (known.type === 'boolean' && value !== undefined) throw new UsageError(`--${option} takes no value`)
  if (known.oneOf && value !== undefined && !known.oneOf.includes(value)) {
    throw new UsageError(
      `--${option} is one of ${known.oneOf.join(', ')}, not ${value}${didYouMean(value, known.oneOf)}`,
    )
  }
}

function report(error: unknown, outlet: CommandOutlet): number {
  if (error instanceof UsageError) {
    outlet.stderr(`drawbridge: ${error.message}\n`)
    return exitCodes.usage
  }
  if (error instanceof AdapterError) {
    outlet.stderr(`drawbridge: ${error.message}\n`)
    return exitCodes.outside
  }
  outlet.stderr(
    `drawbridge: this is a mistake of ours: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return exitCodes.internal
}
