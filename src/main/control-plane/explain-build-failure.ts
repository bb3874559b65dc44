import type { Problem } from '../../domain/problem.ts'

const place = { path: 'control-plane', line: 0 }

export const goMissing: Problem = {
  ...place,
  code: 'go-missing',
  message: 'Go is not installed, and the control plane is built from Go modules',
  fix: 'install Go 1.26 or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver',
}

export function goTooOld(version: string, needed: string): Problem {
  return {
    ...place,
    code: 'go-too-old',
    message: `${version} is too old: this Kubernetes needs Go ${needed}`,
    fix: `install Go ${needed} or newer (https://go.dev/dl)`,
  }
}

export function modulesMissing(folder: string): Problem {
  return {
    code: 'control-plane-modules-missing',
    path: folder,
    line: 0,
    message:
      'the Go modules of the control plane are not here: they are part of a clone, not of the shipped image',
    fix: 'run this in a clone of the repository, or set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver',
  }
}

const causes: [sign: RegExp, code: string, message: string, fix: string][] = [
  [
    /no space left on device|disk quota exceeded/,
    'disk-full',
    'the disk is full',
    'make 6 GB free: `go clean -cache` gives back what Go keeps',
  ],
  [
    /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|TLS handshake|network is unreachable|\b(403|407|502|503|504) [A-Z]|module lookup disabled/,
    'no-module-proxy',
    'the Go modules cannot be downloaded',
    'connect to a network with a Go module proxy, or set GOPROXY to one that answers here',
  ],
  [
    /checksum mismatch|SECURITY ERROR/,
    'module-changed',
    'a downloaded module is not the one that go.sum names',
    'set GOPROXY to a proxy that serves modules unchanged, then `go clean -modcache`',
  ],
]

/** What Go's words mean for whoever wanted a control plane. */
export function explainBuildFailure(words: string): Problem {
  const known = causes.find(([sign]) => sign.test(words))
  const last = words.trim().split('\n').slice(-3).join('\n')
  if (known === undefined)
    return {
      ...place,
      code: 'control-plane-build-failed',
      message: `the build of the control plane failed: ${last}`,
      fix: 'run `go build` in the named module to see all of it',
    }
  const [, code, message, fix] = known
  return { ...place, code, message: `${message}: ${last}`, fix }
}
