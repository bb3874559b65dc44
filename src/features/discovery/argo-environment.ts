import { Undetermined } from './undetermined.ts'

/** What Argo CD calls the build environment of one source. Source: Argo CD docs, "Build Environment"; reposerver/repository/repository.go newEnv. */
export interface BuildEnvironment {
  application: string
  namespace: string
  project: string
  path: string
  repoUrl: string
  targetRevision: string
}

/**
 * `$NAME` and `${NAME}` as Argo CD fills them in; a name that it does not set becomes nothing, and `$$` a dollar sign.
 * The commit is not known before it is there: Undetermined. Source: Go, os.Expand; Argo CD, types.go Env.Envsubst.
 */
export function fillEnvironment(text: string, environment: BuildEnvironment): string {
  if (!text.includes('$')) return text
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|([*#$@!?\-0-9])|(\w+)|\{)/g,
    (_, braced?: string, special?: string, plain?: string) => {
      if (special === '$' || braced === '$') return '$'
      return valueOf(braced ?? plain ?? '', environment)
    },
  )
}

function valueOf(name: string, environment: BuildEnvironment): string {
  if (name.startsWith('ARGOCD_APP_REVISION')) {
    throw new Undetermined(`it uses $${name}, which is known only once the commit is there`)
  }
  const values: Record<string, string> = {
    ARGOCD_APP_NAME: environment.application,
    ARGOCD_APP_NAMESPACE: environment.namespace,
    ARGOCD_APP_PROJECT_NAME: environment.project,
    ARGOCD_APP_SOURCE_PATH: environment.path,
    ARGOCD_APP_SOURCE_REPO_URL: environment.repoUrl,
    ARGOCD_APP_SOURCE_TARGET_REVISION: environment.targetRevision,
  }
  return Object.hasOwn(values, name) ? (values[name] ?? '') : ''
}
