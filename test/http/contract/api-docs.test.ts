import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { apiDocs } from '../../../src/http/contract/api-docs.ts';
import { problems } from '../../../src/problems.ts';

/** Guards the page of the contract: it serves its own two files and nothing else (S60). */

const docs = apiDocs(() => ({ openapi: '3.1.0' }), problems);
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

describe('the page of /docs', () => {
  test('names every code before any script has run', async () => {
    const page = await (await docs.request('/docs')).text();
    for (const code of Object.keys(problems)) expect(page).toContain(`id="${code}"`);
  });

  test.each(['/docs', '/openapi.json', '/docs/swagger-ui-bundle.js'])(
    '%s is compressed for clients that accept it',
    async (path) => {
      const plain = await (await docs.request(path)).text();
      const packed = await docs.request(path, { headers: { 'accept-encoding': 'br, gzip' } });
      expect(packed.headers.get('content-encoding')).toBe('gzip');
      expect(gunzipSync(new Uint8Array(await packed.arrayBuffer())).toString()).toBe(plain);
    },
  );
});
