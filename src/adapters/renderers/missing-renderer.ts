import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'

const waysToGet: Partial<Record<RenderSource['renderer'], string>> = {
  jsonnet:
    'put go-jsonnet’s `jsonnet` (go install github.com/google/go-jsonnet/cmd/jsonnet@latest) or `jrsonnet` on the PATH of Drawbridge, statically linked',
  ytt: 'put `ytt` (a release of carvel-dev/ytt, which is statically linked) on the PATH of Drawbridge',
}

/** Why a source is not rendered while everything else is: its tool is not where Drawbridge runs. */
export function missingRenderer(source: RenderSource): Problem {
  const name = source.renderer === 'plugin' ? `the plug-in ${source.plugin}` : source.renderer
  return {
    code: 'RENDERER_MISSING',
    path: source.path,
    line: 0,
    message: `${name} renders this folder, and is not installed where Drawbridge runs`,
    fix:
      waysToGet[source.renderer] ?? 'ask the operator to name it in DRAWBRIDGE_PLUGINS, or correct the name',
  }
}
