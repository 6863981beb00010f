/**
 * A short code as people read and type it: groups of five characters, the last of six. Everything that shows a code
 * uses this, so that page, mail and paper can be compared character by character. `readTicketCode` accepts the blanks.
 * It has a file of its own, so that the pages of orders load nothing else about codes.
 */
export function groupTicketCode(shortCode: string): string {
  return shortCode.replace(/.{5}(?=.{5})/g, '$& ');
}
