import { matchesGlob } from '../config/glob.ts'

const endings = [
  'password',
  'passwd',
  'passphrase',
  'apikey',
  'privatekey',
  'secretkey',
  'secretaccesskey',
  'accesskey',
  'token',
  'clientsecret',
  'authorization',
  'dockerconfigjson',
  'encryptionkey',
  'signingkey',
]

/** Of a variable or a key of configuration, whose value stands beside it; a field of these names refers to a Secret. */
const valueEndings = [...endings, 'secret', 'pass', 'pwd', 'credentials']

export interface SensitiveNames {
  /** A field that holds a secret itself: `adminPassword`. */
  field(name: string): boolean
  /** A variable or a key that names a secret: `DB_SECRET`. */
  variable(name: string): boolean
}

/** Tells names of secrets, compared without case, `-`, `_` and `.`; further ones may be given as globs (`*connection*`). */
export function sensitiveNames(further: readonly string[]): SensitiveNames {
  const globs = further.map(plain)
  const fits = (name: string, list: readonly string[]) => {
    if (name.length > 253) return false
    const text = plain(name)
    return list.some((ending) => text.endsWith(ending)) || globs.some((glob) => matchesGlob(glob, text))
  }
  return { field: (name) => fits(name, endings), variable: (name) => fits(name, valueEndings) }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '')
}
