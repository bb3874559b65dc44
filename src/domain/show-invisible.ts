/**
 * Characters that change how their neighbours are shown, or are not shown at all: controls, bidirectional marks and overrides,
 * zero-width and tag characters, unpaired surrogates. Source: Unicode TR36; CVE-2021-42574 ("Trojan Source").
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Control characters that are part of ordinary text, and the selector that makes a sign an emoji. */
const harmless = new Set(['\n', '\t', '\u{fe0f}'])

/** Ends of lines as other systems write them, a mark at the beginning of a file, and signs made of several. */
const ordinary =
  /\r\n|^\u{feff}|(?<=[\p{Extended_Pictographic}\u{fe0f}])\u{200d}(?=\p{Extended_Pictographic})/gu

/** The text with every invisible or reordering character written out: `U+202E`. Newlines and tabs stay. */
export function showInvisible(text: string): string {
  return text.replaceAll(invisible, (character) =>
    harmless.has(character) ? character : `‹${codePoint(character)}›`,
  )
}

/** The code points of a text that somebody may have hidden there, each once: `U+202E`. */
export function hiddenCodePoints(text: string): string[] {
  const found = text.replaceAll(ordinary, '').match(invisible) ?? []
  return [...new Set(found.filter((character) => !harmless.has(character)).map(codePoint))]
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
