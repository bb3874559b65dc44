/**
 * For each line of canonical YAML the place that it stands in: `spec.template.spec.containers`. Lines of a text block stand where
 * the block does.
 */
export function yamlSections(lines: readonly string[]): string[] {
  const open: { indent: number; name: string }[] = []
  let block = Infinity
  return lines.map((line) => {
    const indent = line.length - line.trimStart().length
    if (indent > block || line.trim() === '') return placeOf(open)
    block = Infinity
    const [, dashes = '', name] = /^ *((?:- )*)("?[\w./-]+"?)?:?/.exec(line.slice(0, 200)) ?? []
    const at = indent + dashes.length
    // Items of a list stand at the indentation of its field.
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= (dashes ? indent + 1 : at)) open.pop()
    const place = placeOf(open)
    if (/: [|>][+-]?\d?$/.test(line)) block = at
    if (name !== undefined && /:( [|>][+-]?\d?)?$/.test(line)) open.push({ indent: at, name })
    return place
  })
}

function placeOf(open: readonly { name: string }[]): string {
  return open.map(({ name }) => name).join('.')
}
