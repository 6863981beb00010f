/** The text for a reader: the English one if there is one and the reader reads English. */
export function inLanguage(language: 'id' | 'en', text: string, english: string | null | undefined): string {
  return language === 'en' ? (english ?? text) : text;
}
