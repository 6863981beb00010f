import { eventKindOf, eventKinds } from '../../../catalog/index.ts';
import type { Language } from '../language.ts';

/** The kind of an event in the reader's language; a kind without a name of ours as the organiser wrote it. */
export function kindText(category: string, language: Language): string {
  const kind = eventKindOf(category);
  return kind === undefined ? category : eventKinds[kind][language];
}
