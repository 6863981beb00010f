/**
 * A short code as people read and type it: groups of five characters, the last of six. Everything that shows a code uses this, so the
 * page, the mail and the paper can be compared character by character. `readTicketCode` reads it with the blanks. In a file of its own, so that the
 * pages of orders load no more of codes.
 */
export function groupTicketCode(shortCode: string): string {
  return shortCode.replace(/.{5}(?=.{5})/g, '$& ');
}
