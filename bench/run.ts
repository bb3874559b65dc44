const benches: Record<string, () => Promise<{ run(args: string[]): Promise<void> }>> = {
  rendering: () => import('./rendering.ts'),
  misses: () => import('./misses.ts'),
  flips: () => import('./flips.ts'),
  gates: () => import('./gates.ts'),
  edits: () => import('./edits.ts'),
  'large-kustomizations': () => import('./large-kustomizations.ts'),
  reconciler: () => import('./reconciler.ts'),
  revert: () => import('./revert.ts'),
  slo: () => import('./slo.ts'),
}

const [name = '', ...args] = process.argv.slice(2)
const load = Object.hasOwn(benches, name) ? benches[name] : undefined
if (load) await (await load()).run(args)
else {
  process.stderr.write(`npm run bench -- ${Object.keys(benches).join(' | ')}; see bench/README.md\n`)
  process.exitCode = 64
}
