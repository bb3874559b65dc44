import { firstExecutable } from './first-executable.ts'
import type { Sandbox } from './sandbox.ts'

export type OptionalToolName = 'jsonnet' | 'ytt'

export interface OptionalTool {
  binary: string
  /** What it prints of itself, one line; part of what outcomes are remembered by. */
  version: string
}

/** Tools that are not pinned: one entry each, with the programs that do the same and how they tell their version. */
const optionalTools: Record<OptionalToolName, { programs: string[]; version: string[] }> = {
  jsonnet: { programs: ['jsonnet', 'jrsonnet'], version: ['--version'] },
  ytt: { programs: ['ytt'], version: ['version'] },
}

/** Those on PATH that start in the sandbox, where no shared library is: other builds count as missing. */
export async function findOptionalTools(
  sandbox: Sandbox,
  searchPath: readonly string[],
  folder: string,
): Promise<Partial<Record<OptionalToolName, OptionalTool>>> {
  const found: Partial<Record<OptionalToolName, OptionalTool>> = {}
  for (const name of ['jsonnet', 'ytt'] as const) {
    for (const program of optionalTools[name].programs) {
      const binary = await firstExecutable(program, searchPath)
      if (binary === undefined || found[name]) continue
      const { exitCode, stdout } = await sandbox.run({
        binary,
        arguments: optionalTools[name].version,
        folder,
      })
      const version = new TextDecoder().decode(stdout).split('\n')[0]?.trim().slice(0, 100) ?? ''
      if (exitCode === 0) found[name] = { binary, version }
    }
  }
  return found
}
