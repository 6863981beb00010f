import { describe, expect, test } from 'vitest';
import { apiDocs } from '../../src/http/api-docs.ts';
import { createRouter } from '../../src/http/router.ts';

/** Guards the page of the contract: it gives its own two files, and what else is asked of it does not exist (S60). */

const docs = apiDocs(createRouter(), 'http://127.0.0.1');
const at = async (path: string) => (await docs.request(path)).status;

describe('the files of /docs', () => {
  test('are the two that the page names', async () => {
    expect(await at('/docs/swagger-ui.css')).toBe(200);
    expect(await at('/docs/swagger-ui-bundle.js')).toBe(200);
  });

  test.each(['constructor', '__proto__', 'toString', 'package.json', '..%2fpackage.json', '%2e%2e'])(
    'are not %s',
    async (name) => {
      expect(await at(`/docs/${name}`)).toBe(404);
    },
  );
});
