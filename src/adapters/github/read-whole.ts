/** A list that still changes then is taken as it is: the next look reads it again. */
const mostReadings = 4

/**
 * Every item of a list, each once. Where others come or go while its pages are read, one after the other, items move from
 * page to page, and are told twice or not at all: more than one page is read until two readings agree. Pages that have not
 * changed are confirmed for free. `key` tells items apart.
 */
export async function readWhole<Item, Key extends keyof Item>(
  read: () => Promise<Item[]>,
  perPage: number,
  key: Key,
): Promise<Item[]> {
  const oneEach = (items: readonly Item[]) => new Map(items.map((item) => [item[key], item]))
  let known = oneEach(await read())
  for (let reading = 2; known.size >= perPage && reading <= mostReadings; reading += 1) {
    const before = known
    known = oneEach(await read())
    if (before.size === known.size && [...known.keys()].every((one) => before.has(one))) break
  }
  return [...known.values()]
}
