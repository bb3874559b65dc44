import { type CommandVerb, commandVerbs } from '../../domain/configuration.ts'
import { overridableGates } from '../../domain/verdict.ts'
import { parseDuration } from '../config/duration.ts'
import { nearestWord } from '../config/nearest-word.ts'
import { parseInstant } from '../config/parse-instant.ts'
import { type Command, type CommandTime, type ParsedCommand, usages } from './command.ts'
import { commandLines } from './command-lines.ts'

/** GitHub accepts no longer comment. */
const maxBody = 65_536
/** Long enough for a reason of some sentences. */
const maxLine = 1000
const maxWords = 60

/**
 * The one command of a comment. Words that begin with a slash and are not near a verb of ours mean nothing;
 * what is near, mixed with look-alike letters, or given twice is answered and never obeyed.
 * `applications`, where known, tells `/freeze prod checkout …` from a reason that begins with any other word.
 */
export function parseCommand(body: string, applications: readonly string[] = []): ParsedCommand {
  if (body.length > maxBody) return { kind: 'none' }
  const readings = commandLines(body).flatMap((line) => read(line, applications) ?? [])
  const [first] = readings
  if (first === undefined) return { kind: 'none' }
  if (readings.length > 1) {
    const names = [...new Set(readings.map(({ verb }) => `/${verb}`))].join(', ')
    const message = `one command per comment: ${readings.length} were found (${names}), so none was obeyed`
    return { kind: 'error', message }
  }
  return first.result
}

interface Reading {
  verb: CommandVerb
  result: ParsedCommand
}

/** Undefined: not meant for us. */
function read(line: string, applications: readonly string[]): Reading | undefined {
  const [head = ''] = line.slice(0, maxLine).split(/\s/, 1)
  const word = head.slice(1)
  const verb = commandVerbs.find((known) => known === word.toLowerCase())
  if (verb === undefined || !head.startsWith('/')) return lookAlike(head)
  if (line.length > maxLine) {
    return { verb, result: failure(verb, `a command is at most ${maxLine} characters long`) }
  }
  const words = line
    .slice(head.length)
    .split(/[ \t]+/)
    .filter((part) => part !== '')
  if (words.length > maxWords) return { verb, result: failure(verb, `more than ${maxWords} words`) }
  return { verb, result: readArguments(verb, words, applications) }
}

/** A slip of the keyboard, or letters of another alphabet that look like ours. */
function lookAlike(head: string): Reading | undefined {
  const plain = head.normalize('NFKC').replaceAll(/\p{Cf}/gu, '')
  if (!/^\/[\p{L}\p{N}]{2,20}[,.:;!?]?$/u.test(plain)) return undefined
  const word = plain.slice(1).replace(/[,.:;!?]$/, '')
  const verb = nearestWord(word, commandVerbs)
  // Short words are near one another by chance: /bin is not a slip of /pin.
  if (verb === undefined || (verb.length < 6 && isAscii(word) && word[0]?.toLowerCase() !== verb[0]))
    return undefined
  const isForeign = !isAscii(head)
  const message = isForeign
    ? 'this is not a command: it is written with characters that only look like plain letters'
    : `there is no command ${head.slice(0, 20)}`
  const known = commandVerbs.find((candidate) => candidate === verb) ?? 'help'
  return {
    verb: known,
    result: { kind: 'error', message: `${message}; did you mean /${known}?`, didYouMean: `/${known}` },
  }
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7E]*$/.test(text)
}

function failure(verb: CommandVerb, message: string): ParsedCommand {
  return { kind: 'error', message: `/${verb}: ${message}; write ${usages[verb]}` }
}

const optionsOf: Partial<Record<CommandVerb, string[]>> = {
  promote: ['--dry-run', '--to'],
  freeze: ['--until', '--dry-run'],
  lock: ['--until'],
  pause: ['--until'],
  override: ['--until'],
  hotfix: ['--until'],
}

/** What is left of the words after the options were taken out. */
interface Arguments {
  words: string[]
  options: Map<string, string>
  /** How many words stood before the first option. */
  wordsBefore: number
}

function readArguments(verb: CommandVerb, all: string[], applications: readonly string[]): ParsedCommand {
  const options = takeOptions(verb, all)
  if (typeof options === 'string') return failure(verb, options)
  const { words } = options
  const command = (value: Command): ParsedCommand => ({ kind: 'command', command: value })
  switch (verb) {
    case 'recheck':
    case 'diff':
    case 'explain':
    case 'status':
    case 'help':
      return words.length > 0 ? failure(verb, 'it takes no arguments') : command({ verb })
    case 'promote': {
      const [environment, ...names] = words
      const revision = options.options.get('--to')?.toLowerCase()
      const fault =
        faultOfNames(words.map((word) => word.replaceAll('*', 'x'))) ??
        (environment === undefined ? 'the environment is missing' : undefined) ??
        (revision === undefined || /^[0-9a-f]{7,64}$/.test(revision)
          ? undefined
          : `${quoted(revision)} is not a commit: write 7 of its digits or more`)
      if (fault !== undefined || environment === undefined) return failure(verb, fault ?? '')
      const isDryRun = options.options.has('--dry-run')
      const applications = [...new Set(names)]
      return command({
        verb,
        environment,
        applications,
        isDryRun,
        ...(revision !== undefined && { revision }),
      })
    }
    case 'approve': {
      const fault = faultOfNames(words)
      return fault === undefined ? command({ verb, environments: [...new Set(words)] }) : failure(verb, fault)
    }
    case 'revert':
      return readRevert(words)
    case 'ack-delete':
    case 'unfreeze':
    case 'unlock':
    case 'unpause':
    case 'sync':
      return readOptionalNames(verb, words)
    case 'pin':
    case 'hold':
    case 'unpin':
    case 'unhold':
      return readTarget(verb, words)
    case 'freeze':
    case 'lock':
    case 'pause':
      return readClosure(verb, options, applications)
    case 'resume': {
      const [environment = '', ...rest] = words
      const reason = rest.join(' ')
      const fault =
        environment === ''
          ? 'the environment is missing'
          : (faultOfNames([environment]) ?? faultOfNeededReason(reason))
      return fault === undefined ? command({ verb, environment, reason }) : failure(verb, fault)
    }
    case 'override':
      return readOverride(options)
    case 'hotfix': {
      const reason = words.join(' ')
      const time = readUntil(options.options)
      const fault = (typeof time === 'string' ? time : undefined) ?? faultOfNeededReason(reason)
      if (fault !== undefined) return failure(verb, fault)
      return command({ verb, ...(typeof time === 'object' && { until: time }), reason })
    }
  }
}

function readOptionalNames(
  verb: 'ack-delete' | 'unfreeze' | 'unlock' | 'unpause' | 'sync',
  words: string[],
): ParsedCommand {
  const most = verb === 'sync' ? 1 : 2
  const [first, second] = words
  const names = isEverywhere(verb, first) ? words.slice(1) : words
  const fault = faultOfNames(names) ?? (words.length > most ? 'there are too many words' : undefined)
  if (fault !== undefined) return failure(verb, fault)
  if (verb === 'sync') return { kind: 'command', command: { verb, ...(first && { application: first }) } }
  if (verb === 'ack-delete') {
    const command = { verb, ...(first && { application: first }), ...(second && { environment: second }) }
    return { kind: 'command', command }
  }
  if (first === undefined) return failure(verb, 'the environment is missing')
  return { kind: 'command', command: { verb, environment: first, ...(second && { application: second }) } }
}

/** Git shortens no commit below seven digits; a name of digits alone is one only where it stands first. */
const releasePattern = /^[0-9a-f]{7,64}$/

function readRevert(words: string[]): ParsedCommand {
  const release = releasePattern.test(words[0] ?? '') ? words[0] : undefined
  const names = release === undefined ? words : words.slice(1)
  const [application, environment] = names
  const fault = faultOfNames(names) ?? (names.length > 2 ? 'there are too many words' : undefined)
  if (fault !== undefined) return failure('revert', fault)
  return {
    kind: 'command',
    command: {
      verb: 'revert',
      ...(release && { release }),
      ...(application && { application }),
      ...(environment && { environment }),
    },
  }
}

function readTarget(verb: 'pin' | 'hold' | 'unpin' | 'unhold', words: string[]): ParsedCommand {
  const [application, environment, ...rest] = words
  if (application === undefined || environment === undefined)
    return failure(verb, 'application or environment is missing')
  const fault = faultOfNames([application, environment])
  if (fault !== undefined) return failure(verb, fault)
  if (verb === 'unpin' || verb === 'unhold') {
    if (rest.length > 0) return failure(verb, 'there are too many words')
    return { kind: 'command', command: { verb, application, environment } }
  }
  const reason = rest.join(' ')
  const reasonFault = faultOfReason(reason)
  if (reasonFault !== undefined) return failure(verb, reasonFault)
  return { kind: 'command', command: { verb, application, environment, reason } }
}

/** Stopping the line reaches every environment of the repository; a lock is for one. */
function isEverywhere(verb: CommandVerb, word: string | undefined): boolean {
  return word === '*' && (verb === 'freeze' || verb === 'unfreeze')
}

/** The second word is an application where one is called so, or where an option sets it apart from the reason. */
function readClosure(
  verb: 'freeze' | 'lock' | 'pause',
  { words, options, wordsBefore }: Arguments,
  applications: readonly string[],
): ParsedCommand {
  const [environment, second, ...rest] = words
  if (environment === undefined) return failure(verb, 'the environment is missing')
  const isDryRun = options.has('--dry-run')
  const isApplication =
    second !== undefined &&
    (isDryRun || rest.length > 0) &&
    (applications.includes(second) || (rest.length > 0 && wordsBefore === 2))
  const reason = (isApplication ? rest : words.slice(1)).join(' ')
  const time = readUntil(options)
  const fault =
    faultOfNames([
      ...(isEverywhere(verb, environment) ? [] : [environment]),
      ...(isApplication ? [second] : []),
    ]) ??
    (typeof time === 'string' ? time : undefined) ??
    (isDryRun && reason === '' ? undefined : faultOfNeededReason(reason))
  if (fault !== undefined) return failure(verb, fault)
  const closure = {
    environment,
    ...(isApplication && { application: second }),
    ...(typeof time === 'object' && { until: time }),
    reason,
  }
  const command: Command =
    verb === 'freeze' ? { verb, ...closure, ...(isDryRun && { isDryRun }) } : { verb, ...closure }
  return { kind: 'command', command }
}

function readOverride({ words, options }: Arguments): ParsedCommand {
  const [name, ...rest] = words
  if (name === undefined) return failure('override', 'the gate is missing')
  const gate = [...overridableGates, 'all' as const].find((known) => known === name.toLowerCase())
  if (gate === undefined) return failure('override', `${quoted(name)} is not a gate that can be overridden`)
  const reason = rest.join(' ')
  const time = readUntil(options)
  const fault = (typeof time === 'string' ? time : undefined) ?? faultOfNeededReason(reason)
  if (fault !== undefined) return failure('override', fault)
  return {
    kind: 'command',
    command: { verb: 'override', gate, ...(typeof time === 'object' && { until: time }), reason },
  }
}

function readUntil(options: ReadonlyMap<string, string>): CommandTime | string | undefined {
  const until = options.get('--until')
  return until === undefined ? undefined : parseTime(until)
}

function faultOfNeededReason(reason: string): string | undefined {
  return reason === '' ? 'the reason is missing' : faultOfReason(reason)
}

/** A sentence where an option is unknown, given twice or without its value. */
function takeOptions(verb: CommandVerb, all: readonly string[]): Arguments | string {
  const known = optionsOf[verb] ?? []
  const words: string[] = []
  const options = new Map<string, string>()
  let wordsBefore = -1
  for (let index = 0; index < all.length; index++) {
    const word = all[index] ?? ''
    if (/^[\u2013\u2014]\p{L}/u.test(word)) return 'an option begins with two plain hyphens'
    if (!/^--[A-Za-z]/.test(word)) {
      words.push(word)
      continue
    }
    const [name = '', ...value] = word.split('=')
    if (!known.includes(name)) return `${quoted(name)} is not an option here`
    if (options.has(name)) return `${name} is given twice`
    const isFlag = name === '--dry-run'
    if (isFlag && value.length > 0) return `${name} takes no value`
    const given = isFlag ? '' : value.length > 0 ? value.join('=') : all[++index]
    if (given === undefined || (!isFlag && given === '')) return `${name} needs a value`
    if (wordsBefore === -1) wordsBefore = words.length
    options.set(name, given)
  }
  return { words, options, wordsBefore }
}

function faultOfNames(words: readonly string[]): string | undefined {
  const wrong = words.find((word) => word.length > 63 || !/^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/.test(word))
  return wrong === undefined
    ? undefined
    : `${quoted(wrong)} is not a name of plain letters, digits, "-", "_" and "."`
}

/** Any language, but nothing that does not show or turns the direction of writing. */
function faultOfReason(reason: string): string | undefined {
  if (reason.length > 500) return 'the reason is longer than 500 characters'
  return /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.test(reason)
    ? 'the reason has characters that do not show'
    : undefined
}

function quoted(word: string): string {
  const shown = isAscii(word) ? word : word.replaceAll(/[^\x20-\x7E]/g, '?')
  return JSON.stringify(shown.length > 40 ? `${shown.slice(0, 37)}...` : shown)
}

/** `2h`, `2026-11-23T09:00Z`, `2026-11-23T09:00+01:00`; a sentence where it is neither. */
function parseTime(text: string): CommandTime | string {
  const seconds = parseDuration(text)
  if (seconds !== undefined && seconds > 0) return { kind: 'after', seconds }
  const instant = parseInstant(text)
  if (instant !== undefined) return { kind: 'at', instant }
  return `${quoted(text)} is not a time; write 2h, 1d or 2026-11-23T09:00Z`
}
