import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Guards that the document on dependencies lists exactly the installed ones. */
it('docs/libraries.md names each dependency with its version, and no other', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >;
  const installed = {
    ...manifest['dependencies'],
    ...manifest['optionalDependencies'],
    ...manifest['devDependencies'],
  };
  const rows = readFileSync('docs/libraries.md', 'utf8').matchAll(/^\| `([^`]+)` \| ([^ |]+) \|/gm);
  expect(Object.fromEntries([...rows].map(([, name, version]) => [name, version]))).toEqual(installed);
});
