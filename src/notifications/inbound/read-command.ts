/** A word by which people turn news off or on. A word in a sentence, such as "please stop the music", is no command. */
export function commandOf(text: string): 'stop' | 'start' | null {
  const word = text
    .replaceAll(/[^\p{L}]+/gu, ' ')
    .trim()
    .toUpperCase();
  if (stopWords.has(word)) return 'stop';
  return startWords.has(word) ? 'start' : null;
}

const stopWords = new Set(['STOP', 'BERHENTI']);
const startWords = new Set(['START', 'MULAI']);
