import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readContract } from '../../deploy/client/contract.ts';
import { problems } from '../../src/problems.ts';
import { saleStreamPath } from '../../src/web/server/desk/sale/sale-stream.ts';

/** Guards that these tests also hold for production's edge: it has the same rules, and everything that they name. */

const text = (name: string) => readFileSync(`deploy/nginx/${name}`, 'utf8').replaceAll(/^\s*#.*$/gm, '');
const main = text('nginx.conf');
const rules = globSync('deploy/nginx/edge-*.conf').map((file) => text(file.split('/').at(-1) ?? ''));

test('production includes the rules, and serves nothing outside them', () => {
  expect(main).toMatch(/http \{[^]*include edge-http\.conf;[^]*server \{[^]*include edge-server\.conf;/);
  expect(main).not.toMatch(/location|proxy_pass/);
  expect(rules).toHaveLength(6);
});

test('each zone and upstream that the rules name exists, here as in the local stack', () => {
  const local = readFileSync('deploy/local/services/start-nginx.ts', 'utf8');
  const named = [...rules.join('\n').matchAll(/(?:zone=|proxy_cache )(edge_\w+)/g)].map((match) => match[1] ?? '');
  const counted = [...rules.join('\n').matchAll(/limit_conn (edge_\w+)/g)].map((match) => match[1] ?? '');
  expect(new Set([...named, ...counted])).toEqual(
    new Set(['edge_requests', 'edge_important', 'edge_polls', 'edge_public', 'edge_connections', 'edge_streams']),
  );
  for (const zone of [...named, ...counted]) {
    expect(main).toMatch(new RegExp(`(?:keys_zone|zone)=${zone}:`));
    expect(local).toMatch(new RegExp(`(?:keys_zone|zone)=${zone}:`));
  }
  expect(text('upstream.conf')).toContain('upstream antre {');
});

test('what the edge and the pages refuse with is in the catalogue of problems, by the same title', () => {
  const edge = text('edge-http.conf');
  const codes = [...edge.matchAll(/^ {2}(?:default|"~\^4"|\d{3}) ([a-z_]+\.[a-z_]+);$/gm)].map(([, code = '']) => code);
  const titles = /\$edge_title \{([^}]*)\}/.exec(edge)?.[1] ?? '';
  const titleOf = (code: string) => new RegExp(`${code === codes[0] ? 'default' : code} '(.*)';`).exec(titles)?.[1];
  const known: Readonly<Record<string, { readonly title: string }>> = problems;
  expect(new Set(codes).size).toBe(6);
  for (const code of codes) expect([code, titleOf(code)]).toEqual([code, known[code]?.title]);
  const pages = globSync('src/web/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const ofPages = pages.flatMap((page) => [...page.matchAll(/new AntreProblem\(\{ code: '(.*?)'/g)]);
  expect(ofPages.length).toBeGreaterThan(0);
  for (const [, code = ''] of ofPages) expect(known).toHaveProperty([code]);
});

test('streams of the API and of the desk pass unbuffered, and count apart', () => {
  const location = /location ~ "(\S*\/stream\\z)"/.exec(text('edge-server.conf'))?.[1] ?? '';
  const counted = /"~(\S*\/stream\S*)" \$edge_network/.exec(text('edge-http.conf'))?.[1] ?? '';
  const paths = Object.keys(readContract().paths).filter((path) => path.endsWith('/stream'));
  expect(paths.length).toBeGreaterThan(3);
  for (const path of [...paths, saleStreamPath].map((one) => one.replaceAll(/:\w+|\{\w+\}/g, 'some-1'))) {
    for (const rule of [location, counted]) expect(path).toMatch(new RegExp(rule.replaceAll('\\z', '$')));
  }
});

test('compose mounts every file of the rules', () => {
  const mounted = readFileSync('deploy/compose.yaml', 'utf8');
  for (const file of globSync('deploy/nginx/*.conf')) {
    const name = file.split('/').at(-1) ?? '';
    expect(mounted).toContain(`./nginx/${name}:/etc/nginx/${name}:ro`);
  }
});

test('nothing private is stored: no query, header or cookie in the log, no body on disk', () => {
  expect(main).not.toMatch(/\$request\b|\$args|\$query_string|\$http_|\$cookie_|\$request_uri[^;]*access/);
  const buffers = Object.fromEntries(
    [...rules.join('\n').matchAll(/(client_max_body_size|client_body_buffer_size) (\d+)k/g)].map(([, name, size]) => [
      `${name} ${size}`,
      Number(size),
    ]),
  );
  const buffer = Object.entries(buffers).find(([name]) => name.startsWith('client_body_buffer_size'))?.[1] ?? 0;
  expect(Math.max(...Object.values(buffers))).toBe(buffer);
});
