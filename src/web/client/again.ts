import { backOff } from './shared/calls/waiting.ts';

/**
 * Loads a page again that was refused for now: no earlier than the refusal says, later with each try, and only while somebody sees it, so
 * that refused pages are not what keeps the service busy. The address stays as it is: a browser's own way (Refresh) does nothing where the
 * address has a part after its #, and links of orders have their secret there.
 */

const ceilingMs = 60_000;
/** A refusal this long after the one before is a new one. */
const forgottenMs = 2 * ceilingMs;
const keptName = 'antre.again';

type Tries = { readonly address: string; readonly count: number; readonly atMs: number };

/** How often this address was refused in a row. Where nothing can be kept, each refusal is the first. */
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
