import type { RunningProcess } from '../../ports/child-process.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import { ByteReader } from './byte-reader.ts'
import { DamagedRepository, type GitContext, startGit } from './git-command.ts'

export interface GitObject {
  id: string
  type: string
  size: number
  /** Empty for `--batch-check`. */
  content: Uint8Array
}

export interface ObjectReader {
  /** In the order of the names; undefined where there is no such object. */
  read(names: readonly string[]): Promise<(GitObject | undefined)[]>
  close(): void
}

interface Session {
  process: RunningProcess
  output: ByteReader
}

/** So many names are asked for at a time: the pipe never holds more than a few kilobytes of questions. */
const batchSize = 500

/** Nothing that is larger is taken into memory; GitHub takes no larger files either. Source: GitHub Docs, "About large files on GitHub". */
export const mostObjectBytes = 100 * 1024 * 1024

/** One `git cat-file` process that stays and answers by object name; started again when it has ended. */
export function createObjectReader(context: GitContext, mode: '--batch' | '--batch-check'): ObjectReader {
  const waiting: Question[] = []
  let isAnswering = false
  let session: Session | undefined

  const close = () => {
    session?.process.stop()
    session = undefined
  }

  const ask = async (names: readonly string[]): Promise<(GitObject | undefined)[] | 'ended'> => {
    session ??= startSession(context, mode)
    const { process, output } = session
    process.write(names.map((name) => `${name}\n`).join(''))
    const answers: (GitObject | undefined)[] = []
    for (const _ of names) {
      const answer = await readAnswer(output, mode)
      if (answer !== undefined && answer !== 'ended' && answer.size > mostObjectBytes && mode === '--batch') {
        // Its content is on the way: another session answers the next question.
        close()
        throw tooLarge(context, answer)
      }
      if (answer === 'ended') {
        await process.exited
        session = undefined
        return 'ended'
      }
      answers.push(answer)
    }
    return answers
  }

  const askTwice = async (names: readonly string[]) => {
    const first = await ask(names)
    const answers = first === 'ended' ? await ask(names) : first
    if (answers !== 'ended') return answers
    throw new DamagedRepository({
      system: 'git',
      operation: 'cat-file',
      target: context.target,
      retryable: true,
      message: 'reading an object ended git; the repository is damaged or git cannot read it',
    })
  }

  const answer = async (group: readonly Question[]): Promise<void> => {
    try {
      const answers = await askTwice(group.flatMap(({ names }) => names))
      let begin = 0
      for (const { names, resolve } of group) resolve(answers.slice(begin, (begin += names.length)))
    } catch (error) {
      // What is wrong with one question is not the others' fault.
      if (group.length > 1) for (const one of group) await answer([one])
      else group[0]?.reject(error)
    }
  }
  const work = async (): Promise<void> => {
    isAnswering = true
    while (waiting.length > 0) await answer(takeGroup(waiting))
    isAnswering = false
  }

  return {
    async read(names) {
      const answers: (GitObject | undefined)[] = []
      for (let index = 0; index < names.length; index += batchSize) {
        const part = names.slice(index, index + batchSize)
        const answered = new Promise<(GitObject | undefined)[]>((resolve, reject) => {
          waiting.push({ names: part, resolve, reject })
        })
        if (!isAnswering) void work()
        answers.push(...(await answered))
      }
      return answers
    },
    close,
  }
}

interface Question {
  names: readonly string[]
  resolve(answers: (GitObject | undefined)[]): void
  reject(error: unknown): void
}

/** Those who ask while git answers others are answered together: a question costs a switch between processes. */
function takeGroup(waiting: Question[]): Question[] {
  let [count, names] = [0, 0]
  while (count < waiting.length && (count === 0 || names + waiting[count]!.names.length <= batchSize)) {
    names += waiting[count]!.names.length
    count += 1
  }
  return waiting.splice(0, count)
}

function tooLarge({ target }: GitContext, { id, type, size }: GitObject): AdapterError {
  const [is, most] = [size, mostObjectBytes].map((bytes) => Math.ceil(bytes / 1024 / 1024))
  return new AdapterError({
    system: 'git',
    operation: 'read',
    target,
    retryable: false,
    message: `${type} ${id} has ${is} MB; at most ${most} MB are read`,
  })
}

function startSession(context: GitContext, mode: string): Session {
  const process = startGit(context, ['cat-file', mode])
  return { process, output: new ByteReader(process.output) }
}

/** `<id> <type> <size>` and, for `--batch`, the content and a line feed; or `<name> missing`. */
async function readAnswer(output: ByteReader, mode: string): Promise<GitObject | undefined | 'ended'> {
  const header = await output.line()
  if (header === undefined) return 'ended'
  const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(header)
  if (!match) return undefined
  const [, id = '', type = '', digits = ''] = match
  const size = Number(digits)
  if (mode === '--batch-check' || size > mostObjectBytes) return { id, type, size, content: new Uint8Array() }
  const content = await output.bytes(size)
  const lineFeed = await output.bytes(1)
  return content && lineFeed ? { id, type, size, content } : 'ended'
}
