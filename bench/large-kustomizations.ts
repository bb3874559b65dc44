import { parseArgs } from 'node:util'
import { openRenderer } from '../test/adapters/renderers/open-renderer.ts'

/** How long one kustomization takes by the number of its objects, and the same objects in kustomizations of a quarter each. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { objects: { type: 'string', default: '500,1000,2000,4000,8000' } },
  })
  const { render, close } = openRenderer()
  await render(withObjects('app', 1), {})
  for (const count of values.objects.split(',').map(Number)) {
    const whole = await secondsOf(() => render(withObjects('app', count), {}))
    const quarters = await secondsOf(async () => {
      for (const part of ['a', 'b', 'c', 'd']) await render(withObjects(part, count / 4), { path: part })
    })
    process.stdout.write(
      `${count} objects: ${whole.toFixed(1)} s in one kustomization, ${quarters.toFixed(1)} s in four\n`,
    )
  }
  close()
}

function withObjects(folder: string, count: number): Record<string, string> {
  const objects = Array.from(
    { length: count },
    (_, index) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-${index}}\ndata: {folder: ${folder}}\n`,
  )
  return {
    [`${folder}/kustomization.yaml`]: 'namePrefix: a-\nresources: [objects.yaml]\n',
    [`${folder}/objects.yaml`]: objects.join('---\n'),
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}
