import { deployment } from './repository-of.ts'

/**
 * A repository whose every dependency is known because it was written down when the file was: an oracle that has
 * never heard of input closures.
 */
export interface ModelRepository {
  files: Map<string, string>
  /** Path → the sources that read it, each as `environment path`. */
  readers: Map<string, Set<string>>
  /** Path of an Argo CD Application → the source that it delivers. */
  deliveries: Map<string, string>
  /** Folders that are read whole, whatever comes into them at any depth, and by whom. */
  wholeFolders: Map<string, Set<string>>
  /** Folders of which every file is read, but none of a folder in them. */
  flatFolders: Map<string, Set<string>>
}

const environments = ['dev', 'prod'] as const

type Writer = (path: string, text: string, readers: Iterable<string>) => void

/** Applications of ten kinds in turn, some of which share components, layers and charts. */
export function modelRepository(applications: number): ModelRepository {
  const model: ModelRepository = {
    files: new Map(),
    readers: new Map(),
    deliveries: new Map(),
    wholeFolders: new Map(),
    flatFolders: new Map(),
  }
  const write: Writer = (path, text, readers) => {
    model.files.set(path, text)
    model.readers.set(path, (model.readers.get(path) ?? new Set()).union(new Set(readers)))
  }
  for (let number = 0; number < applications; number += 1) {
    const kind = kinds[number % kinds.length] ?? overlays
    kind(`app-${number}`, Math.floor(number / kinds.length), write, model)
  }
  write('README.md', 'nobody reads this', [])
  write('docs/notes.yaml', 'not: an object', [])
  return model
}

type Kind = (name: string, round: number, write: Writer, model: ModelRepository) => void

const overlays: Kind = (name, round, write) => {
  const component = `components/extra-${round % 20}`
  const all = environments.map((environment) => `${environment} apps/${name}/overlays/${environment}`)
  write(
    `apps/${name}/base/kustomization.yaml`,
    'resources:\n- d.yaml\nconfigMapGenerator:\n- name: c\n  files: [key=c.properties]\n  envs: [e.env]\n',
    all,
  )
  write(`apps/${name}/base/d.yaml`, deployment(name), all)
  write(`apps/${name}/base/c.properties`, 'a=1', all)
  write(`apps/${name}/base/e.env`, 'A=1', all)
  write(`apps/${name}/base/unused.txt`, 'nobody reads this', [])
  write(`${component}/kustomization.yaml`, 'kind: Component\npatches:\n- path: p.yaml\n', all)
  write(`${component}/p.yaml`, '[{op: add, path: /metadata/labels, value: {a: b}}]\n', all)
  for (const environment of environments) {
    const folder = `apps/${name}/overlays/${environment}`
    const own = [`${environment} ${folder}`]
    write(
      `${folder}/kustomization.yaml`,
      `resources: [../../base]\ncomponents: [../../../../${component}]\npatches:\n- path: p.yaml\n`,
      own,
    )
    write(`${folder}/p.yaml`, deployment(name, 'a:2'), own)
  }
}

const layered: Kind = (name, round, write) => {
  const layer = `platform/layer-${round % 15}`
  const all = environments.map((environment) => `${environment} teams/${name}/${environment}`)
  write(`${layer}/kustomization.yaml`, 'resources: [../common, own.yaml]\n', all)
  write(`${layer}/own.yaml`, deployment('layer'), all)
  write('platform/common/kustomization.yml', 'resources: [common.yaml]\n', all)
  write('platform/common/common.yaml', deployment('common'), all)
  for (const environment of environments) {
    const folder = `teams/${name}/${environment}`
    const own = [`${environment} ${folder}`]
    write(
      `${folder}/kustomization.yaml`,
      `bases: [../../../${layer}]\npatchesStrategicMerge: [s.yaml]\npatchesJson6902:\n- {path: j.json, target: {kind: Deployment}}\nreplacements:\n- path: r.yaml\n`,
      own,
    )
    write(`${folder}/s.yaml`, deployment('common'), own)
    write(`${folder}/j.json`, '[]', own)
    write(`${folder}/r.yaml`, 'source: {}\n', own)
  }
}

const transformed: Kind = (name, _round, write, model) => {
  for (const environment of environments) {
    const folder = `tools/${name}/${environment}`
    const own = [`${environment} ${folder}`]
    write(`${folder}/kustomization.yaml`, 'resources: [d.yaml]\ntransformers: [t.yaml]\n', own)
    write(`${folder}/d.yaml`, deployment(name), own)
    write(
      `${folder}/t.yaml`,
      'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: beside.yaml\n',
      own,
    )
    write(`${folder}/beside.yaml`, '[]', own)
    model.wholeFolders.set(folder, new Set(own))
  }
}

const chart: Kind = (name, _round, write, model) => {
  const folder = `charts/${name}`
  const all = environments.map((environment) => `${environment} ${folder}`)
  write(`${folder}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`, all)
  write(`${folder}/values.yaml`, 'a: 1\n', all)
  write(`${folder}/templates/d.yaml`, '{{ .Values.a }}: 1\n', all)
  write(`${folder}/templates/_helpers.tpl`, '{{ define "x" }}{{ end }}', all)
  write(`${folder}/charts/sub/Chart.yaml`, 'apiVersion: v2\nname: sub\nversion: 1.0.0\n', all)
  write(`${folder}/charts/sub/templates/s.yaml`, deployment('sub'), all)
  write(`${folder}/files/data.bin`, '\u0000', all)
  // A chart's folder counts whole, so the other environment's values do too.
  for (const environment of environments) write(`${folder}/values-${environment}.yaml`, 'a: 2\n', all)
  model.wholeFolders.set(`${folder}/templates`, new Set(all))
}

const dependent: Kind = (name, round, write, model) => {
  const [folder, library] = [`services/${name}/chart`, `libraries/lib-${round % 10}`]
  const all = environments.map((environment) => `${environment} ${folder}`)
  write(
    `${folder}/Chart.yaml`,
    `apiVersion: v2\nname: ${name}\nversion: 1.0.0\ndependencies:\n- {name: lib-${round % 10}, version: 1.0.0, repository: "file://../../../${library}"}\n`,
    all,
  )
  for (const environment of environments) write(`${folder}/values/${environment}.yaml`, 'a: 2\n', all)
  write(
    `${library}/Chart.yaml`,
    `apiVersion: v2\nname: lib-${round % 10}\ntype: library\nversion: 1.0.0\n`,
    all,
  )
  write(`${library}/templates/_lib.tpl`, '', all)
  const readers = model.wholeFolders.get(`${library}/templates`) ?? new Set()
  model.wholeFolders.set(`${library}/templates`, readers.union(new Set(all)))
}

const plain: Kind = (name, _round, write, model) => {
  for (const environment of environments) {
    const folder = `plain/${name}/${environment}`
    write(`${folder}/a.yaml`, deployment(`${name}-a`), [`${environment} ${folder}`])
    write(`${folder}/b.json`, '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}}', [
      `${environment} ${folder}`,
    ])
    model.flatFolders.set(folder, new Set([`${environment} ${folder}`]))
  }
}

const argo: Kind = (name, _round, write, model) => {
  const folder = `delivered/${name}/chart`
  const all = environments.map((environment) => `${environment} ${folder}`)
  write(`${folder}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`, all)
  write(`${folder}/templates/d.yaml`, '{{ .Values.a }}: 1\n', all)
  for (const environment of environments) {
    const path = `argo/${environment}/${name}.yaml`
    write(path, argoApplication(name, environment, folder), [`${environment} argo/${environment}`])
    write(`delivered/${name}/settings/${environment}.yaml`, 'a: 1\n', [`${environment} ${folder}`])
    model.deliveries.set(path, `${environment} ${folder}`)
  }
}

function argoApplication(name: string, environment: string, folder: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
spec:
  source:
    repoURL: https://git.example/fleet
    path: ${folder}
    helm:
      valueFiles: [../settings/${environment}.yaml]
  destination:
    namespace: ${name}
`
}

const flux: Kind = (name, _round, write, model) => {
  for (const environment of environments) {
    const folder = `fleet/${name}/${environment}`
    const own = [`${environment} ${folder}`]
    write(
      `flux/${environment}/${name}.yaml`,
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: ${name}\nspec:\n  path: ./${folder}\n  prune: true\n  interval: 10m\n`,
      [`${environment} flux/${environment}`],
    )
    write(`${folder}/a.yaml`, deployment(`${name}-a`), own)
    write(`${folder}/deeper/b.yaml`, deployment(`${name}-b`), own)
    model.wholeFolders.set(folder, new Set(own))
    model.wholeFolders.set(`${folder}/deeper`, new Set(own))
  }
}

const kinds: Kind[] = [
  overlays,
  layered,
  chart,
  overlays,
  transformed,
  dependent,
  overlays,
  plain,
  argo,
  flux,
]
