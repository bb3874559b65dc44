import { expect, it } from 'vitest'
import { explainBuildFailure } from '../../../src/main/control-plane/explain-build-failure.ts'
import { findBinaries } from '../../../src/main/control-plane/find-binaries.ts'

it.each`
  words                                                                                            | code
  ${'go: k8s.io/api@v0.36.3: Get "https://p.example/x": dial tcp: lookup p.example: no such host'} | ${'no-module-proxy'}
  ${'go: k8s.io/api@v0.36.3: reading https://p.example/x: 503 Service Unavailable'}                | ${'no-module-proxy'}
  ${'go: module lookup disabled by GOPROXY=off'}                                                   | ${'no-module-proxy'}
  ${'verifying k8s.io/api@v0.36.3: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum: h1:b'}         | ${'module-changed'}
  ${'link: writing output: write /cache/kwok: no space left on device'}                            | ${'disk-full'}
  ${'# k8s.io/kubernetes/pkg/apis\npkg/apis/x.go:3:1: syntax error: non-declaration statement'}    | ${'control-plane-build-failed'}
`('says $code where Go says "$words"', ({ words, code }: { words: string; code: string }) => {
  const problem = explainBuildFailure(words)
  expect(problem.code).toBe(code)
  expect(problem.message).toContain(words.split('\n').at(-1))
  expect(problem.fix).not.toBe('')
})

it('says what to install where there is no Go', async () => {
  const found = await findBinaries({ PATH: '/nowhere', HOME: '/nowhere' }, () => undefined)
  expect(found).toMatchObject({ problem: { code: 'go-missing', fix: expect.stringContaining('go.dev') } })
})

it('says what is missing in a folder of programs', async () => {
  const found = await findBinaries({ KUBEBUILDER_ASSETS: '/nowhere' }, () => undefined)
  expect(found).toMatchObject({ problem: { code: 'control-plane-programs-missing', path: '/nowhere' } })
})
