/** A Helm chart of another host that may be rendered: what the base branch allows, known by its content. */
export interface ChartPin {
  /** `https://charts.example.org` or `oci://registry.example.org/charts`, without a slash at the end. */
  repository: string
  name: string
  version: string
  /** `sha256:` and the hexadecimal hash of the chart's archive. */
  digest: string
}

/** A chart of another host that something of the repository delivers. */
export interface RemoteChart extends Omit<ChartPin, 'digest'> {
  /** Absent: another version of it is allowed, but not this one. */
  digest?: string
}
