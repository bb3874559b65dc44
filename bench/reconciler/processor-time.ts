import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Processor milliseconds that a service has used so far. */
export function processorMs(folder: string, service: string): number {
  const [user, system] = times(readFileSync(join(folder, `${service}.pid`), 'utf8').trim())
  return user + system
}

/** Processor milliseconds of a process and of all that it has started, also of what has ended since. */
export function familyProcessorMs(pid: number | string): number {
  try {
    const own = times(pid).reduce((sum, ms) => sum + ms, 0)
    return childrenOf(pid).reduce((sum, child) => sum + familyProcessorMs(child), own)
  } catch {
    // It has ended meanwhile: who started it has its time.
    return 0
  }
}

/** Milliseconds of user, system, and the same of children that have ended. Source: proc(5); a tick is 10 ms. */
function times(pid: number | string): [number, number, number, number] {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields
    .slice(11, 15)
    .map((ticks) => Number(ticks) * 10)
  return [user, system, childUser, childSystem]
}

function childrenOf(pid: number | string): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  )
}
