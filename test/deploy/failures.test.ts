import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failuresOf } from '../../deploy/local/failures.ts';
import { repositoryFolder } from '../../deploy/local/places.ts';

const passed = { fullName: 'a page opens', status: 'passed', failureMessages: [] };

function file(
  name: string,
  tests: readonly { fullName: string; status: string; failureMessages: string[] }[],
  message = '',
) {
  const status = message !== '' || tests.some((one) => one.status === 'failed') ? 'failed' : 'passed';
  return { name: join(repositoryFolder, name), status, message, assertionResults: tests };
}

const run = (...testResults: ReturnType<typeof file>[]) => ({ numPassedTests: 0, numFailedTests: 0, testResults });

test('what passes is not named', () => {
  expect(failuresOf([run(file('test/a.test.ts', [passed]))])).toBe('');
});

test('a failed test is named with its file and its error, of every run', () => {
  const error =
    '\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n    at test/b.test.ts:3:1\n    at x (/a/node_modules/vitest/x.js:1:1)';
  const failed = { fullName: 'a room a place is drawn', status: 'failed', failureMessages: [error] };
  expect(failuresOf([run(file('test/a.test.ts', [passed])), run(file('test/b.test.ts', [passed, failed]))])).toBe(
    [
      'Failed:',
      '  test/b.test.ts > a room a place is drawn',
      '    AssertionError: expected 1 to be 2',
      '        at test/b.test.ts:3:1',
      '',
    ].join('\n'),
  );
});

test('what an error says is shown, whatever it names', () => {
  const message = "AssertionError: expected '    at now (node:internal/perf/performance:1…' to match /at standStill/";
  const failed = { fullName: 'fails', status: 'failed', failureMessages: [`${message}\n    at test/e.test.ts:3:1`] };
  expect(failuresOf([run(file('test/e.test.ts', [failed]))])).toContain(
    `    ${message}\n        at test/e.test.ts:3:1\n`,
  );
});

test('a file that cannot be loaded is named with the reason', () => {
  expect(failuresOf([run(file('test/c.test.ts', [], 'Cannot find module'))])).toBe(
    'Failed:\n  test/c.test.ts\n    Cannot find module\n',
  );
});

test('of very many failures the first are shown and the others counted, and of a long error its beginning', () => {
  const failed = {
    fullName: 'fails',
    status: 'failed',
    failureMessages: [Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n')],
  };
  const said = failuresOf([
    run(
      file(
        'test/d.test.ts',
        Array.from({ length: 100 }, () => failed),
      ),
    ),
  ]);
  expect(said.match(/ fails$/gm)).toHaveLength(40);
  expect(said).toContain('line 11\n');
  expect(said).not.toContain('line 12\n');
  expect(said).toContain('and 60 more');
});
