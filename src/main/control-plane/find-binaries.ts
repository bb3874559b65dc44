import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Problem } from '../../domain/problem.ts'
import { buildBinaries, type OnProgress, stagesFile } from './build-binaries.ts'

/** The programs of a control plane; the first two are what no cluster can do without. */
export const programs = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const
export type Program = (typeof programs)[number]

/** Paths of the programs that are there. kwok comes with the file of its stages: without them it does nothing. */
export interface Binaries {
  folder: string
  paths: Partial<Record<Program, string>>
}

export type FoundBinaries = { binaries: Binaries } | { problem: Problem }

/** Those of the folder `KUBEBUILDER_ASSETS`, else those that were built before, else new ones. */
export async function findBinaries(
  environment: NodeJS.ProcessEnv,
  onProgress: OnProgress,
): Promise<FoundBinaries> {
  const given = environment.KUBEBUILDER_ASSETS
  // The programs are started in folders of their own.
  if (given) return binariesIn(resolve(given))
  const built = await buildBinaries(environment, onProgress)
  return 'problem' in built ? built : binariesIn(built.folder)
}

async function binariesIn(folder: string): Promise<FoundBinaries> {
  const paths: Binaries['paths'] = {}
  for (const program of programs)
    if (await isExecutable(join(folder, program))) paths[program] = join(folder, program)
  if (!(await isReadable(join(folder, stagesFile)))) delete paths.kwok
  if (paths.etcd && paths['kube-apiserver']) return { binaries: { folder, paths } }
  return {
    problem: {
      code: 'control-plane-programs-missing',
      path: folder,
      line: 0,
      message: 'the folder holds no etcd and kube-apiserver that can be run',
      fix: 'set KUBEBUILDER_ASSETS to a folder that holds both, or unset it to have them built',
    },
  }
}

const isExecutable = (path: string) => isAllowed(path, constants.X_OK)
const isReadable = (path: string) => isAllowed(path, constants.R_OK)

function isAllowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}
