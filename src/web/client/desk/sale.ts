import '../desk.ts';
import { follow } from '../shared/calls/live.ts';
import { poll } from '../shared/calls/poll.ts';

/**
 * Keeps the figures of a sale up to date: when its live stream reports a change, loads the page again and takes over its figures. Since the
 * server renders them, the page looks the same with and without this script.
 */

/** At most this often; while the stream is closed, always. */
const everyMs = 2000;
/** The page may be made of figures that are a second old. Loaded sooner after a change, it might not show the change. */
const afterChangeMs = 1100;
/** While the stream is open, this only covers what it has missed. */
const everyMsWhileLive = 60_000;
const timeoutMs = 8000;

const figures = document.querySelector<HTMLElement>('#figures');
const state = document.querySelector<HTMLElement>('#sale-state');

/** Loads the page as a document by XMLHttpRequest, because Trusted Types forbids parsing the text of a `fetch`. */
function load(): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('GET', location.href);
    request.responseType = 'document';
    request.timeout = timeoutMs;
    request.addEventListener('load', () => {
      const page = request.responseXML;
      if (request.status === 200 && page !== null) resolve(page);
      else reject(new Error(`no page: ${request.status}`));
    });
    for (const fault of ['error', 'timeout']) request.addEventListener(fault, () => reject(new Error(fault)));
    request.send();
  });
}

/** @returns how much older than the rest the oldest figures are: those of a large event, which take long to read */
async function renew(shown: HTMLElement): Promise<number> {
  const next = (await load()).querySelector('#figures');
  // Signed out, or redirected to another page.
  if (next === null) throw new Error('no figures');
  shown.replaceChildren(...[...next.childNodes].map((node) => document.adoptNode(node)));
  return Number(shown.querySelector<HTMLElement>('[data-behind-ms]')?.dataset['behindMs']);
}

function say(text: string | undefined): void {
  if (state !== null && text !== undefined && state.textContent !== text) state.textContent = text;
}

function watch(shown: HTMLElement): void {
  let renewedAt = performance.now();
  /** The first change that the page does not show yet, and the last one. */
  let [changedAt, lastChangedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const running = poll(async () => {
    const restMs = Math.max(renewedAt + everyMs, changedAt + afterChangeMs) - performance.now();
    if (restMs > 0) return restMs;
    renewedAt = performance.now();
    let behindMs: number;
    try {
      behindMs = await renew(shown);
      say(state?.dataset['live']);
    } catch {
      say(state?.dataset['lost']);
      return everyMs;
    }
    const isCurrent = lastChangedAt <= renewedAt - afterChangeMs - behindMs;
    return stream.isOpen() && isCurrent ? everyMsWhileLive : everyMs;
  });
  const changed = (): void => {
    lastChangedAt = performance.now();
    if (changedAt <= renewedAt) changedAt = lastChangedAt;
    running.now();
  };
  const stream = follow(shown.dataset['stream'] ?? '', {
    onEvent: changed,
    onSnapshot: changed,
    onState: running.now,
  });
}

say(state?.dataset['live']);
if (figures !== null) watch(figures);
