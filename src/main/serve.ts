import { createLog } from '../adapters/log/pino-log.ts'
import { createForkServer } from '../adapters/system/fork-server.ts'
import { createChildProcesses } from '../adapters/system/system-child-processes.ts'
import { systemClock } from '../adapters/system/system-clock.ts'
import { systemRandom } from '../adapters/system/system-random.ts'
import { composeDrawbridge } from './compose.ts'
import { readSettings } from './settings.ts'
import { untilStopped } from './stop-signal.ts'

/** Runs the app until it is told to stop (SIGTERM, SIGINT). Answers the exit code: 64 where settings are missing. */
export async function serve(options: { port?: string; host?: string } = {}): Promise<number> {
  const { settings, problems } = readSettings({
    ...process.env,
    ...(options.port === undefined ? {} : { PORT: options.port }),
    ...(options.host === undefined ? {} : { HOST: options.host }),
  })
  if (!settings) {
    process.stderr.write(`Drawbridge does not start: ${problems.length} settings are missing or wrong.\n\n`)
    for (const { message, fix } of problems) process.stderr.write(`  ${message}\n    → ${fix}\n`)
    return 64
  }
  const log = createLog({ level: settings.logLevel, destination: process.stdout, clock: systemClock })
  const forkServer = createForkServer()
  const drawbridge = await composeDrawbridge(settings, {
    clock: systemClock,
    random: systemRandom,
    children: createChildProcesses(forkServer.launch),
    fetch,
    log,
  })
  await drawbridge.start()
  log.info({ url: drawbridge.url() }, 'drawbridge is up')
  if (!settings.signIn)
    log.info(
      { host: settings.host },
      'sign-in is not set up: the dashboard is shown on a loopback address only',
    )
  await untilStopped()
  await drawbridge.stop()
  await forkServer.close()
  return 0
}
