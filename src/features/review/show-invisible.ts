/**
 * Characters that change how their neighbours are shown, or are not shown at all: controls, bidirectional marks and overrides,
 * zero-width and tag characters, unpaired surrogates. Source: Unicode TR36; CVE-2021-42574 ("Trojan Source").
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Control characters that are part of ordinary text, and the selector that makes a sign an emoji. */
const harmless = new Set(['\n', '\t', '\u{fe0f}'])

/** The text with every invisible or reordering character written out: `U+202E`. Newlines and tabs stay. */
export function showInvisible(text: string): string {
  return text.replaceAll(invisible, (character) =>
    harmless.has(character) ? character : `‹U+${hexadecimal(character)}›`,
  )
}

function hexadecimal(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
