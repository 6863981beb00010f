import { endsAfter, fileMsMax } from '../calls/waiting.ts';

const workerPath = '/order-worker.js';
/** More tickets than an order has. */
const filesMax = 300;

type Policy = { createScriptURL(url: string): string };
type TrustedTypes = { createPolicy(name: string, rules: Policy): Policy };

/** What is kept of an order, or of a ticket that was given to the reader. */
export type Copy = {
  readonly id: string;
  /** The pages that the worker serves. */
  readonly scope: '/orders/' | '/tickets/';
  /** The calls and pictures of the page. */
  readonly paths: readonly string[];
  /** Opens the paths where no cookie does. */
  readonly token?: string;
};

/**
 * @param from the address of the page, with its language
 * @throws Error if a part cannot be read or stored
 */
export async function keepCopy(cacheName: string, from: string, { scope, paths, token }: Copy): Promise<void> {
  await navigator.serviceWorker.register(workerAddress(), { scope });
  const cache = await caches.open(cacheName);
  const page = await read(location.pathname, { from });
  // The page may be of a newer release than the one that is open. It needs its own files.
  const files = [...(await page.clone().text()).matchAll(/ (?:src|href)="(\/web\/[^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  const parts = [...paths, ...files].slice(0, filesMax);
  const answers = await Promise.all(parts.map(async (path) => [path, await read(path, { token })] as const));
  // Only now, and the page last: a network that fails meanwhile leaves the older copy whole.
  await Promise.all(answers.map(([path, answer]) => cache.put(path, answer)));
  await cache.put(location.pathname, page);
  await dropOthers(cache, [location.pathname, ...parts]);
}

/** Deletes what is no longer part of the page: files of older releases, and codes of tickets that were refunded. */
async function dropOthers(cache: Cache, paths: readonly string[]): Promise<void> {
  const kept = new Set(paths.map((path) => new URL(path, location.href).href));
  const others = (await cache.keys()).filter(({ url }) => !kept.has(url));
  await Promise.all(others.map((request) => cache.delete(request)));
}

/**
 * The answer in the form in which it is kept.
 * @throws Error if it is not the wanted one or comes too late, because a copy with a part missing is none
 */
async function read(
  path: string,
  { from = path, token }: { readonly from?: string; readonly token?: string | undefined },
): Promise<Response> {
  const response = await fetch(from, {
    credentials: 'same-origin',
    signal: endsAfter(fileMsMax),
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  // The worker has answered from the older copy. Only files never change under their names.
  if (response.headers.has('antre-kept') && !path.startsWith('/web/')) throw new Error(`${path} was not read anew`);
  const headers = new Headers({ 'content-type': response.headers.get('content-type') ?? '', 'antre-kept': '1' });
  // The page also needs its policy without network.
  const policy = response.headers.get('content-security-policy');
  if (policy !== null) headers.set('content-security-policy', policy);
  return new Response(await response.blob(), { headers });
}

let policy: Policy | undefined;

/** The page's policy allows one script address, and allows creating its own policy once. */
function workerAddress(): string {
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('antre-worker', { createScriptURL: () => workerPath });
  return policy?.createScriptURL(workerPath) ?? workerPath;
}
