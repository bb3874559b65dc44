const block = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g

/**
 * The keys of armoured blocks as one binary keyring; what stands between them is left out. Undefined: there is no block, or
 * one that cannot be read. Source: RFC 9580, "Forming ASCII Armor": headers, an empty line, Base64, a checksum that may be left out.
 */
export function dearmorKeys(text: string): Uint8Array | undefined {
  const blocks = [...text.matchAll(block)].map(([, inner = '']) => {
    const lines = inner.split(/\r?\n/)
    const body = lines.slice(lines.findIndex((line) => line.trim() === '') + 1)
    return body.filter((line) => !line.startsWith('=')).join('')
  })
  const isReadable = blocks.every((base64) => /^[A-Za-z0-9+/]+={0,2}$/.test(base64))
  return blocks.length > 0 && isReadable
    ? Buffer.concat(blocks.map((base64) => Buffer.from(base64, 'base64')))
    : undefined
}
