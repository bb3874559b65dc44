/** What a delivery tool tells `helm template` besides values files. Absent fields leave helm's own defaults. */
export interface HelmSettings {
  /** `.Release.Namespace`, where it is not the namespace that objects are put in. */
  namespace?: string
  /** As `--set`, in helm's own syntax; `isText` as `--set-string`. Later than every values file. */
  parameters?: { name: string; value: string; isText: boolean }[]
  /** As `--set-file`; `path` relative to the repository's root. */
  fileParameters?: { name: string; path: string }[]
  isSchemaIgnored?: boolean
  /** Test hooks too, which nothing but kustomize renders. */
  isWithTests?: boolean
  isWithoutHooks?: boolean
}
