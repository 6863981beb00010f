import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { repositoryFolder } from './places.ts';

/** What vitest's JSON reporter writes about a run, as far as it is read here. */
export interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  /** Why the file could not be loaded. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[] | undefined;
  }[];
}

/** A cause that concerns everything fails hundreds of tests, and the first of them tell as much. */
const shownFailures = 40;
const shownLines = 12;

/**
 * The tests that failed, each with its file and the first lines of its error: the last thing a run says before it counts, because the last
 * lines of a long output are those that are read, and often the only ones that are kept.
 */
export function failuresOf(results: readonly Results[]): string {
  const failures = results.flatMap(({ testResults }) => testResults.flatMap(failuresIn));
  if (failures.length === 0) return '';
  const more = failures.length - shownFailures;
  return [
    'Failed:',
    ...failures.slice(0, shownFailures),
    ...(more > 0 ? [`  and ${more} more, named above`] : []),
    '',
  ].join('\n');
}

function failuresIn({ name, status, message, assertionResults }: FileResult): string[] {
  const file = relative(repositoryFolder, name);
  const failed = assertionResults.filter((one) => one.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [described(file, message)] : [];
  return failed.map(({ fullName, failureMessages }) =>
    described(`${file} > ${fullName}`, failureMessages?.join('\n') ?? ''),
  );
}

/** A frame of a stack that says nothing about the test. What the error itself says may look like one in part. */
const strangeFrame = /^\s*at .*(?:\/node_modules\/|node:internal|<anonymous>)/u;

function described(what: string, error: string): string {
  const lines = stripVTControlCharacters(error)
    .split('\n')
    .filter((line) => line.trim() !== '' && !strangeFrame.test(line))
    .slice(0, shownLines);
  return [`  ${what}`, ...lines.map((line) => `    ${line}`)].join('\n');
}
