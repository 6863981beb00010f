/** JSON whose non-ASCII characters are written as \uXXXX, as Meta sends it: a receiver that re-serialises breaks the signature. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
