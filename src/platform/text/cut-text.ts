/** The start of a text, at most so many UTF-16 units, without half of a character such as an emoji at its end. */
export function cutText(text: string, max: number): string {
  const start = text.slice(0, max);
  return start.length < text.length ? start.replace(/[\ud800-\udbff]$/, '') : start;
}
