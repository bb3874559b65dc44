import type { Sha } from '../../../domain/refs.ts'
import type { Hub } from '../hub.ts'

/** Which of the commits carry a signature. Whether it is a good one is for their reader to check. */
export async function signedCommits(hub: Hub, folder: string, shas: Sha[]): Promise<Set<Sha>> {
  const result = await hub.children.run({
    file: 'git',
    arguments: ['cat-file', '--batch'],
    cwd: folder,
    environment: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
      HOME: folder,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
    stdin: shas.map((sha) => `${sha}\n`).join(''),
    limits: { timeoutMs: 20_000, stdoutBytes: 64 * 1024 * 1024, stderrBytes: 64 * 1024 },
  })
  return result.exitCode === 0 ? readSigned(Buffer.from(result.stdout)) : new Set()
}

/** Reads `<sha> commit <size>\n<size bytes>\n` again and again. */
function readSigned(output: Buffer): Set<Sha> {
  const signed = new Set<Sha>()
  for (let position = 0; position < output.length;) {
    const end = output.indexOf('\n', position)
    const [sha = '', , size = '0'] = output.toString('utf8', position, end).split(' ')
    const body = output.toString('utf8', end + 1, end + 1 + Number(size))
    const head = body.slice(0, body.indexOf('\n\n'))
    if (/^gpgsig(-sha256)? /m.test(head)) signed.add(sha)
    position = end + 1 + Number(size) + 1
  }
  return signed
}
