import type { Search } from './pages/home-page.ts';

const wordsLengthMax = 100;
const placeLengthMax = 120;
const labelLengthMax = 80;
const cursorLengthMax = 500;

/** The search in the address. Faulty parameters are ignored, so that an odd link from elsewhere still shows events. */
export function readSearch(query: Readonly<Record<string, string>>): Search {
  const q = lineOf(query['q'], wordsLengthMax);
  const city = lineOf(query['city'], placeLengthMax);
  const category = lineOf(query['category'], labelLengthMax);
  const cursor = query['cursor'];
  return {
    ...(q === undefined ? {} : { q }),
    ...(city === undefined ? {} : { city }),
    ...(category === undefined ? {} : { category }),
    ...(cursor === undefined || cursor === '' || cursor.length > cursorLengthMax ? {} : { cursor }),
  };
}

function lineOf(text: string | undefined, lengthMax: number): string | undefined {
  const line = (text ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, lengthMax)
    .trim();
  return line === '' ? undefined : line;
}
