import { refusalWords } from '../../../i18n/words/refusals.ts';
import type { Problem } from '../calls/api.ts';
import { pageLanguage } from '../page-language.ts';

const words = refusalWords[pageLanguage];

/**
 * The text that a person reads for a refusal, where the person decides whether to try again.
 * @param retryAfterMs how long the service asked to wait
 */
export function refusalText(problem: Problem, retryAfterMs?: number): string {
  const { busy, tryLater, waitFor } = words;
  const isLimited = problem.status === 429 && retryAfterMs !== undefined;
  const wait = isLimited ? waitFor(Math.ceil(retryAfterMs / 1000)) : tryLater;
  const reason = busy[problem.code];
  if (reason !== undefined) return `${reason} ${wait}`;
  return isLimited ? `${reasonText(problem)} ${wait}` : reasonText(problem);
}

/** The same, while the page tries again by itself. */
export function waitingText(problem: Problem): string {
  const reason = words.busy[problem.code];
  return reason === undefined ? reasonText(problem) : `${reason} ${words.keepTrying}`;
}

function reasonText({ code, limit, max, requestId }: Problem): string {
  if (code === 'order.limit_exceeded') return words.limit(limit ?? '', max ?? 0);
  return words.byCode[code] ?? words.unexpected(requestId);
}
