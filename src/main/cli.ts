import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../cli/command-line.ts'
import type { CommandOutlet, OpenOptions } from '../cli/subcommand.ts'
import { packageFolder } from './assets.ts'

const outlet: CommandOutlet = {
  version: readVersion(),
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
}

/** Loaded when a command runs: help would wait for half a second of libraries. */
let close = async () => {}
async function open(options: OpenOptions) {
  const { openCommandContext } = await import('./open-command-context.ts')
  const opened = openCommandContext(outlet, options)
  close = opened.close
  return opened.context
}

// A reader that has seen enough (`| head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 69))
process.exitCode = await runCommandLine(process.argv.slice(2), outlet, open)
await close()

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}
