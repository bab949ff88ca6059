/** How many columns a character takes on a terminal. */

// Regular expressions know no property for this. These blocks, most of them of
// East Asian scripts, take in all that Unicode calls wide, and a little more.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const COMBINING = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** The columns of a character; a few terminals take less for one. */
export function widthOf(character: string): number {
  if (character <= "\x7f") return 1;
  return WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
}
