import type { Answer } from '../../generator/connection.ts';

/** Counts answers to writes, and compares them with rows. What a 5xx refused may have been written or not. */
export function countAnswers(isWritten: (answer: Answer) => boolean) {
  let written = 0;
  let unknown = 0;
  return {
    onAnswer: (answer: Answer): void => {
      if (answer.status >= 500) unknown += 1;
      else if (isWritten(answer)) written += 1;
    },
    /** Whether each count of rows is explained by the answers, and all are the same. */
    explains: (rows: readonly (number | undefined)[]): boolean =>
      rows.every((count) => count !== undefined && count === rows[0] && count >= written && count <= written + unknown),
    said: (word: string): string => `${written} answers of ${word} and ${unknown} of 5xx`,
  };
}

export type AnswerCount = ReturnType<typeof countAnswers>;
