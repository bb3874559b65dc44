import type { OnProgress } from './build-binaries.ts'

/** Tells a build on a stream of text: a line that counts on a terminal, else one line for each thing that is built. */
export function tellBuild(stream: { isTTY?: boolean; write(text: string): unknown }): OnProgress {
  let last = ''
  return (what, packages) => {
    if (what !== last)
      stream.write(`${last !== '' && stream.isTTY ? '\n' : ''}Building ${what} …${stream.isTTY ? '' : '\n'}`)
    else if (stream.isTTY) stream.write(`\r\u001b[KBuilding ${what} … ${packages} packages`)
    last = what
  }
}
