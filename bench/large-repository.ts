interface LargeRepositoryOptions {
  applications: number
  environments: readonly string[]
}

const replicas: Readonly<Record<string, number>> = { dev: 1, staging: 2, prod: 3 }

/**
 * A repository as teams grow them: of ten applications seven are kustomize bases with an overlay for each environment,
 * two are Helm charts with values for each environment, one is plain manifests. Path → text.
 */
export function largeRepository({ applications, environments }: LargeRepositoryOptions): Map<string, string> {
  const files = new Map<string, string>([['.drawbridge.yaml', configuration(environments)]])
  for (let number = 0; number < applications; number += 1) {
    const write = { 7: writeChart, 8: writeChart, 9: writePlain }[number % 10] ?? writeKustomize
    write(files, applicationName(number), environments)
  }
  return files
}

function applicationName(number: number): string {
  return `app-${String(number).padStart(5, '0')}`
}

/** The files of some applications with another image in them: a change that every environment of each shows. */
export function withNewImage(
  files: ReadonlyMap<string, string>,
  isTouched: (number: number) => boolean,
  tag: string,
): [string, string][] {
  return [...files]
    .filter(([path, text]) => text.includes(':1.0.0') && isTouched(Number(/app-(\d+)/.exec(path)?.[1])))
    .map(([path, text]) => [path, text.replaceAll(':1.0.0', `:${tag}`)])
}

type Write = (files: Map<string, string>, name: string, environments: readonly string[]) => void

const writeKustomize: Write = (files, name, environments) => {
  const base = `apps/${name}/base`
  files.set(`${base}/deployment.yaml`, deployment(name))
  files.set(`${base}/service.yaml`, service(name))
  files.set(
    `${base}/kustomization.yaml`,
    `resources:\n  - deployment.yaml\n  - service.yaml\nlabels:\n  - pairs:\n      app.kubernetes.io/part-of: ${name}\n`,
  )
  for (const environment of environments) {
    const overlay = `apps/${name}/overlays/${environment}`
    files.set(
      `${overlay}/kustomization.yaml`,
      `namespace: ${name}-${environment}\nresources:\n  - ../../base\npatches:\n  - path: replicas.yaml\nconfigMapGenerator:\n  - name: ${name}-settings\n    files:\n      - settings.properties\n`,
    )
    files.set(
      `${overlay}/replicas.yaml`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas[environment] ?? 1}\n`,
    )
    files.set(
      `${overlay}/settings.properties`,
      `environment=${environment}\nservice=${name}\nlog.level=info\n`,
    )
  }
}

const writeChart: Write = (files, name, environments) => {
  const chart = `apps/${name}`
  files.set(`${chart}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`)
  files.set(`${chart}/values.yaml`, `replicas: 1\nimage: registry.example/${name}:1.0.0\nlogLevel: info\n`)
  files.set(
    `${chart}/templates/deployment.yaml`,
    deployment(name)
      .replace('replicas: 1', 'replicas: {{ .Values.replicas }}')
      .replace(`registry.example/${name}:1.0.0`, '{{ .Values.image | quote }}'),
  )
  files.set(`${chart}/templates/service.yaml`, service(name))
  for (const environment of environments) {
    files.set(`${chart}/values-${environment}.yaml`, `replicas: ${replicas[environment] ?? 1}\n`)
  }
}

const writePlain: Write = (files, name, environments) => {
  for (const environment of environments) {
    files.set(`apps/${name}/${environment}/deployment.yaml`, deployment(name))
    files.set(`apps/${name}/${environment}/service.yaml`, service(name))
  }
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: app
          image: registry.example/${name}:1.0.0
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
          envFrom:
            - configMapRef:
                name: ${name}-settings
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
`
}

function service(name: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector:
    app: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
`
}

function configuration(environments: readonly string[]): string {
  return `version: 1\nenvironments:\n${environments.map((name) => `  ${name}: {}\n`).join('')}`
}
