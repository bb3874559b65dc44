/** So many pictures are kept besides those of open reverts: months of them, and little to fetch. */
export const mostPlots = 100

/**
 * The pictures that go when there are too many. `newestFirst` are paths such as `prod/checkout-0123456789ab.svg`; `open` the
 * same without their ending, of the reverts that are still open: their pictures stay, however old, and count for nothing.
 */
export function plotsToRemove(
  newestFirst: readonly string[],
  open: ReadonlySet<string>,
  limit = mostPlots,
): string[] {
  const settled = newestFirst.filter((path) => !open.has(path.replace(/\.svg$/, '')))
  return settled.slice(limit)
}
