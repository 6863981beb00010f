import type { TicketView } from './order-view.ts';

const workerPath = '/order-worker.js';
const nameOf = (orderId: string) => `antre-${orderId}`;
/** More tickets than an order has. */
const filesMax = 300;

type TrustedTypes = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
};

/** Whether this browser can keep an order. Some cannot, and none can without TLS. */
function canKeep(): boolean {
  return 'serviceWorker' in navigator && 'caches' in window;
}

/**
 * Keeps the order's page, its data and the codes of its tickets in this browser, so that they open without network. Nothing of other
 * orders is read or kept. A failure costs only the copy.
 * @returns whether the order is kept
 */
export async function keepOffline(
  orderId: string,
  { eventSlug, tickets }: { eventSlug: string; tickets: readonly TicketView[] },
): Promise<boolean> {
  if (!canKeep()) return false;
  try {
    await navigator.serviceWorker.register(workerAddress(), { scope: '/orders/' });
    const path = `/v1/orders/${orderId}`;
    const codes = tickets
      .filter(({ status }) => status === 'live')
      .map(({ id }) => `${path}/tickets/${encodeURIComponent(id)}/qr.svg`);
    const files = [...document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>('script[src], link[href]')]
      .map((node) => ('src' in node ? node.src : node.href))
      .filter((url) => new URL(url).pathname.startsWith('/web/'));
    const all = [
      location.pathname,
      path,
      `${path}/tickets`,
      `/v1/events/${encodeURIComponent(eventSlug)}`,
      `/v1/events/${encodeURIComponent(eventSlug)}/organizer`,
      ...codes,
      ...files,
    ];
    const cache = await caches.open(nameOf(orderId));
    await Promise.all(all.slice(0, filesMax).map((url) => keep(cache, url)));
    return true;
  } catch {
    return false;
  }
}

/** Removes the copy of the order from this browser. */
export async function forgetOffline(orderId: string): Promise<void> {
  if (canKeep()) await caches.delete(nameOf(orderId));
}

async function keep(cache: Cache, url: string): Promise<void> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) return;
  const headers = new Headers({ 'content-type': response.headers.get('content-type') ?? '', 'antre-kept': '1' });
  // The page also needs its policy without network.
  const policy = response.headers.get('content-security-policy');
  if (policy !== null) headers.set('content-security-policy', policy);
  await cache.put(url, new Response(await response.blob(), { headers }));
}

/** The page's policy allows creating one script address, and this function creates it. */
function workerAddress(): string {
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('antre-worker', { createScriptURL: () => workerPath });
  return policy?.createScriptURL(workerPath) ?? workerPath;
}
