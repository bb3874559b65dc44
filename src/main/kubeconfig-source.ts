import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import type { KubeconfigSource } from '../adapters/kubernetes/connection.ts'
import { UsageError } from '../cli/subcommand.ts'

/** The file that was named, as it is at the time; else the pod's service account; else ~/.kube/config. */
export function kubeconfigSource(file: string | undefined): KubeconfigSource {
  if (!file && existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')) {
    const inCluster = new KubeConfig()
    inCluster.loadFromCluster()
    return inCluster
  }
  const path = file ?? join(homedir(), '.kube', 'config')
  if (!existsSync(path)) throw new UsageError(`there is no kubeconfig ${path}; name one: --kubeconfig FILE`)
  return () => readFileSync(path, 'utf8')
}
