/** The text for a reader: the English one if the reader reads English and there is one. */
export function inLanguage(language: 'id' | 'en', text: string, english: string | null | undefined): string {
  return language === 'en' ? (english ?? text) : text;
}
