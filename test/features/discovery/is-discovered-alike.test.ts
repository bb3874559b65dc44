import { expect, it } from 'vitest'
import { discoverChange } from '../../../src/features/discovery/discover.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
const argo = (path: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {source: {path: ${path}}}\n`

const before = {
  'apps/web/prod/kustomization.yaml': 'resources:\n- d.yaml\nnamespace: web\n',
  'apps/web/prod/d.yaml': deployment('web'),
  'apps/web/prod/c.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}}\n',
  'plain/mail/prod/m.yaml': deployment('mail'),
  'charts/web/Chart.yaml': chart,
  'charts/web/values.yaml': 'a: 1\n',
  'argo/prod/web.yaml': argo('charts/web'),
  'notes.txt': 'words',
}

// Whether the sources of the base are taken for those of the head, without looking again.
it.each`
  what                                       | path                                  | text                                                     | isAlike
  ${'a workload'}                            | ${'apps/web/prod/d.yaml'}             | ${deployment('web', 'a:2')}                              | ${true}
  ${'a value'}                               | ${'charts/web/values.yaml'}           | ${'a: 2\n'}                                              | ${true}
  ${'a file that nothing reads'}             | ${'notes.txt'}                        | ${'other'}                                               | ${true}
  ${'a kustomization, but no reference'}     | ${'apps/web/prod/kustomization.yaml'} | ${'resources:\n- d.yaml\nnamespace: other\n'}            | ${true}
  ${'a reference'}                           | ${'apps/web/prod/kustomization.yaml'} | ${'resources:\n- d.yaml\n- c.yaml\n'}                    | ${false}
  ${'an object of another kind'}             | ${'apps/web/prod/c.yaml'}             | ${before['apps/web/prod/c.yaml'].replace('b', 'x')}      | ${false}
  ${'a workload that is no object any more'} | ${'apps/web/prod/d.yaml'}             | ${'a: b\n'}                                              | ${false}
  ${'a workload that becomes a template'}    | ${'plain/mail/prod/m.yaml'}           | ${`#@ load("@ytt:data", "data")\n${deployment('mail')}`} | ${false}
  ${'a chart'}                               | ${'charts/web/Chart.yaml'}            | ${`${chart}type: library\n`}                             | ${false}
  ${'what is delivered'}                     | ${'argo/prod/web.yaml'}               | ${argo('plain/mail/prod')}                               | ${false}
  ${'a file that is a link now'}             | ${'apps/web/prod/d.yaml'}             | ${'-> c.yaml'}                                           | ${false}
  ${'a path that comes'}                     | ${'plain/new/prod/n.yaml'}            | ${deployment('new')}                                     | ${false}
  ${'a path that goes'}                      | ${'plain/mail/prod/m.yaml'}           | ${undefined}                                             | ${false}
`(
  '$what → alike: $isAlike',
  ({ path, text, isAlike }: { path: keyof typeof before; text?: string; isAlike: boolean }) => {
    const { [path]: _gone, ...rest } = before
    const after = text === undefined ? rest : { ...rest, [path]: text }
    const change = discoverChange(repositoryOf(before), repositoryOf(after), unconfigured)
    expect(change.after === change.before).toBe(isAlike)
  },
)
