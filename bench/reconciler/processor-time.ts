import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Processor milliseconds that a service has used so far. Source: proc(5); a tick is 10 ms. */
export function processorMs(folder: string, service: string): number {
  const pid = readFileSync(join(folder, `${service}.pid`), 'utf8').trim()
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
