import { readFile } from 'node:fs/promises'

/**
 * The age identities of SOPS_AGE_KEY and of the file that SOPS_AGE_KEY_FILE names, as sops itself reads them: one on a line,
 * other lines are comments. The file is read anew each time: a Secret that is mounted may be rotated. One that is not there
 * holds none; whatever is encrypted says then what is missing.
 */
export async function readAgeIdentities(
  environment: Partial<Record<string, string>> = process.env,
): Promise<string[]> {
  const { SOPS_AGE_KEY: text = '', SOPS_AGE_KEY_FILE: file } = environment
  const kept = file === undefined || file === '' ? '' : await readFile(file, 'utf8').catch(() => '')
  return `${text}\n${kept}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'))
}
