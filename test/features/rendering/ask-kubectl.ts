import { spawnSync } from 'node:child_process'

/** Scalar → the JSON that this kubectl makes of `v: <scalar>`, digit by digit; `refused` where it takes none. */
export function askKubectl(kubectl: string, scalars: readonly string[]): Record<string, string> {
  const together = ask(kubectl, scalars)
  const answers = together ?? scalars.map((scalar) => ask(kubectl, [scalar])?.[0] ?? 'refused')
  return Object.fromEntries(scalars.map((scalar, index) => [scalar, answers[index] ?? 'refused']))
}

/** Undefined where it refuses one of them. */
function ask(kubectl: string, scalars: readonly string[]): string[] | undefined {
  const manifest = `apiVersion: v1\nkind: Any\nmetadata: {name: a}\nspec:\n${scalars.map((each) => `- v: ${each}\n`).join('')}`
  const { status, stdout } = spawnSync(kubectl, ['annotate', '--local', '-f', '-', '-o', 'json', 'a=b'], {
    input: manifest,
    encoding: 'utf8',
  })
  if (status !== 0) return undefined
  return [...stdout.matchAll(/^ {12}"v": (.*)$/gm)].map(([, value]) => value ?? '')
}
