/** `basenameNormalized`, `nameNormalized` and `normalize`. Source: Argo CD, applicationset/utils/template_functions.go SanitizeName. */
export function sanitizeName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replaceAll(/^[-.]+|[-.]+$/g, '')
}
