import type { RenderRequest } from '../../ports/renderer.ts'
import type { ToolOutcome } from './run-tool.ts'

/** The outcome of a tool that might answer differently each time; that it does is a problem. */
export async function renderTwice(
  request: RenderRequest,
  render: () => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  const first = await render()
  if (first.problems.length > 0) return first
  const second = await render()
  if (second.problems.length > 0) return second
  const isSame = JSON.stringify(first.objects) === JSON.stringify(second.objects)
  return isSame ? first : { ...first, problems: [nonDeterministic(request.source.path)] }
}

function nonDeterministic(path: string) {
  return {
    code: 'NON_DETERMINISTIC',
    path,
    line: 0,
    message: 'two renders of the same files differ: random values or the time are part of what is printed',
    fix: 'give the generated values in a values file, so that what is approved is what is applied',
  }
}
