/** Cores: `1.5` */
export function formatCpu(millicores: number): string {
  return String(millicores / 1_000)
}

/** `256 MiB`, `1.5 GiB` */
export function formatMemory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20
  return mebibytes < 1_024 ? `${round(mebibytes)} MiB` : `${round(mebibytes / 1_024)} GiB`
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100
}
