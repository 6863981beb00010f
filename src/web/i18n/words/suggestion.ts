import type { InEach } from '../language.ts';

/** Stands before an address that was probably meant. Apart from other words, because every page of the desk loads it. */
export const didYouMean: InEach<string> = { id: 'Maksud Anda', en: 'Did you mean' };
