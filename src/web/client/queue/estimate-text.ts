import type { Language } from '../../i18n/language.ts';
import { estimateWords } from '../../i18n/words/queue/estimate.ts';

/** A wait, rounded as coarsely as it is known. */
export function estimateText(seconds: number | undefined, language: Language): string {
  const words = estimateWords[language];
  if (seconds === undefined) return words.unknown;
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 1) return seconds < 45 ? words.underMinute : words.minutes(1);
  const step = minutes <= 10 ? 1 : minutes <= 60 ? 5 : 10;
  const coarse = Math.ceil(minutes / step) * step;
  return coarse < 60 ? words.minutes(coarse) : words.hours(Math.floor(coarse / 60), coarse % 60);
}
