import { backOff } from './shared/calls/waiting.ts';

/**
 * Reloads a temporarily refused page: not before its Retry-After, with back-off, and only while it is visible, so that refused pages do
 * not keep the service busy. It does not use the header Refresh, which does nothing if the address has a fragment, and links to orders
 * have their secret there.
 */

const ceilingMs = 60_000;
/** A refusal this long after the previous one starts a new count. */
const forgottenMs = 2 * ceilingMs;
const keptName = 'antre.again';

type Tries = { readonly address: string; readonly count: number; readonly atMs: number };

/** How often this address was refused in a row. Without storage, every refusal counts as the first. */
function countTry(): number {
  const address = `${location.pathname}${location.search}`;
  try {
    const before = JSON.parse(sessionStorage.getItem(keptName) ?? 'null') as Tries | null;
    const isNext = before?.address === address && Date.now() - before.atMs < forgottenMs;
    const tries: Tries = { address, count: isNext ? before.count + 1 : 0, atMs: Date.now() };
    sessionStorage.setItem(keptName, JSON.stringify(tries));
    return tries.count;
  } catch {
    return 0;
  }
}

function loadAgain(): void {
  if (!document.hidden) return location.reload();
  document.addEventListener('visibilitychange', () => location.reload(), { once: true });
}

const askedMs = Number(document.querySelector('meta[name="again"]')?.getAttribute('content')) * 1000;
setTimeout(loadAgain, backOff(countTry(), { firstMs: askedMs, ceilingMs, askedMs, random: Math.random() }));
