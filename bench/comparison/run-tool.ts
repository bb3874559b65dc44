import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'

/** The binaries that are asked. */
export interface Tools {
  kubectl: string
  helm: string
  /** For what Flux delivers; absent: that is not compared. */
  flux?: string
  /** For what Argo CD delivers with edits of its own; absent: that is not compared. */
  kustomize?: string
}

/** The streams that a tool printed, and why it stopped where it did. */
export interface Printed {
  streams: string[]
  failure?: string
}

/** Neither git nor a network: a tool that wants to fetch fails here as it does in a sandbox. */
const deadProxy = 'http://127.0.0.1:9'
const environment = {
  PATH: '/nonexistent',
  HOME: tmpdir(),
  HTTP_PROXY: deadProxy,
  HTTPS_PROXY: deadProxy,
  GOMAXPROCS: '1',
}

/** Runs a tool to its end, in a folder where that matters. */
export function run(file: string, arguments_: readonly string[], cwd?: string): Promise<Printed> {
  return new Promise((resolve) => {
    execFile(file, arguments_, { cwd, env: environment, maxBuffer: 1024 ** 3 }, (error, stdout, stderr) =>
      resolve({ streams: [stdout], ...(error && { failure: stderr.trim() || error.message }) }),
    )
  })
}
