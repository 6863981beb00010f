import type { Language } from '../../i18n/language.ts';

/** The language that this page was made in. */
export const pageLanguage: Language = document.documentElement.lang === 'en' ? 'en' : 'id';
