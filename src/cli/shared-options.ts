import type { SubcommandOption } from './subcommand.ts'

export const repositoryOption: Record<string, SubcommandOption> = {
  repo: { type: 'string', value: 'DIR', summary: 'The clone to look at; default: the working directory' },
}

export const organisationOption: Record<string, SubcommandOption> = {
  organisation: {
    type: 'string',
    value: 'DIR',
    summary: "A clone of the organisation's repository .github, whose rules hold too; default: none",
  },
}

export const revisionOptions: Record<string, SubcommandOption> = {
  ...repositoryOption,
  rev: { type: 'string', value: 'REV', summary: 'Default: HEAD' },
}

export const clusterOptions: Record<string, SubcommandOption> = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    summary: 'Default: the pod’s service account, else ~/.kube/config',
  },
  cluster: {
    type: 'string',
    value: 'NAME',
    summary: 'Only targets of this cluster, as .drawbridge.yaml names it',
  },
}

export const progressOption: Record<string, SubcommandOption> = {
  progress: { type: 'boolean', summary: 'Say on stderr how far it is, also where stderr is no terminal' },
}

export function formatOption(...formats: string[]): Record<string, SubcommandOption> {
  return { format: { type: 'string', value: 'FORMAT', summary: `Default: ${formats[0]}`, oneOf: formats } }
}

export const cacheOption = {
  'no-cache': {
    type: 'boolean',
    summary: 'Neither take nor keep what is rendered; it is kept in ~/.cache/drawbridge, at most 256 MB',
  },
} as const
