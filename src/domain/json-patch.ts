/** One operation of RFC 6902; a `test` that fails leaves everything as it is. */
export type JsonPatchOperation =
  { op: 'test' | 'add' | 'replace'; path: string; value: unknown } | { op: 'remove'; path: string }
