export interface TarEntry {
  path: string
  text?: string
  /** As tar writes it: `0` a file, `1` and `2` links, `3` a device, `5` a folder. */
  type?: string
}

/** An archive as `tar` writes it. */
export function aTar(entries: readonly TarEntry[]): Uint8Array {
  const parts = entries.flatMap(({ path, text = '', type = '0' }) => {
    const content = Buffer.from(text)
    const header = Buffer.alloc(512)
    header.write(path, 0, 100)
    header.write('0000644\0', 100)
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write(type, 156)
    header.write('ustar\u000000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
