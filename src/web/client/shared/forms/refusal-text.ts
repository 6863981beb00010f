import { refusalWords } from '../../../i18n/words/refusals.ts';
import type { Problem } from '../calls/api.ts';
import { pageLanguage } from '../page-language.ts';

/** The text that a person reads for a refusal. */
export function refusalText({ code, limit, max, requestId }: Problem): string {
  const words = refusalWords[pageLanguage];
  if (code === 'order.limit_exceeded') return words.limit(limit ?? '', max ?? 0);
  return words.byCode[code] ?? words.unexpected(requestId);
}
