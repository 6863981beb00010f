import { expect, test, vi } from 'vitest';
import { knownAhead } from '../../src/web/client/door/session/door-session.ts';
import { leftText } from '../../src/web/client/shared/left-text.ts';
import { nextLook } from '../../src/web/client/order/next-look.ts';
import { typedOrder } from '../../src/web/client/event/typed-order.ts';
import { type OrderBody, sentOrders } from '../../src/web/client/order/sent-order.ts';
import { heldPlace } from '../../src/web/client/queue/held-place.ts';
import { readFile } from '../../src/web/client/shared/calls/read-file.ts';
import { amongMany, backOff, spread, fileMsMax } from '../../src/web/client/shared/calls/waiting.ts';
import { outlivesPage, pageStorage } from '../../src/web/client/shared/page-storage.ts';
import { readSearch } from '../../src/web/server/search.ts';

/** A tab's own storage, as far as pages use it. */
function tabStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}
/** Runs an act where the browser's storage is what this returns. */
function withStorage(storage: () => object | null, act: () => void): void {
  const names = ['localStorage', 'sessionStorage'];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  for (const name of names) Object.defineProperty(globalThis, name, { configurable: true, get: storage });
  try {
    act();
  } finally {
    for (const [at, name] of names.entries()) {
      const own = before[at];
      if (own === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, own);
    }
  }
}
const body: OrderBody = {
  eventSlug: 'senja',
  buyer: { name: 'Ayu', email: 'ayu@example.test', phone: '081234567890' },
  lines: [{ ticketCategoryId: 'cat_1', quantity: 2 }],
  locale: 'id',
};

test('one order has one key until its outcome is known, whatever happens to the page', () => {
  const storage = tabStorage();
  const first = sentOrders('senja', storage);
  const key = first.keyOf();
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  first.remember(body);
  const reloaded = sentOrders('senja', storage);
  expect([reloaded.keyOf(), reloaded.unsettled()]).toEqual([key, body]);
  reloaded.settle('refused');
  expect([reloaded.keyOf(), reloaded.unsettled()]).toEqual([key, undefined]);
  reloaded.remember(body);
  reloaded.settle('placed');
  expect(sentOrders('senja', storage).unsettled()).toBeUndefined();
  expect(sentOrders('senja', storage).keyOf()).not.toBe(key);
  expect(sentOrders('gema', storage).keyOf()).not.toBe(sentOrders('senja', storage).keyOf());
});

const forbidden = () => {
  throw new Error('storage is forbidden');
};
const full = { getItem: () => null, setItem: forbidden, removeItem: () => undefined };
test.each([
  ['forbids to read its storage', forbidden],
  ['has no storage', () => null],
  ['has no room in its storage', () => full],
])('a browser that %s still keeps an order, a place and a typed form as long as the page', (_, storage) => {
  withStorage(storage, () => {
    const tab = pageStorage('sessionStorage');
    const sent = sentOrders('senja', tab);
    expect(sent.keyOf()).toBe(sent.keyOf());
    sent.remember(body);
    expect(sent.unsettled()).toEqual(body);
    expect(sentOrders('senja', tab).unsettled()).toEqual(body);
    typedOrder('senja', tab).keep('ayu@pembeli.test', { name: 'Ayu' });
    expect(typedOrder('senja', tab).take('ayu@pembeli.test')).toEqual({ name: 'Ayu' });
    const mine = heldPlace('senja', pageStorage('localStorage'));
    mine.write({ insteadOf: 4 });
    expect(mine.read()).toEqual({ insteadOf: 4 });
    mine.write({});
    expect(mine.read()).toEqual({});
    expect(outlivesPage()).toBe(false);
  });
});

test('a value that found no room hides the older one, until it is stored', () => {
  const stored = new Map([['name', 'older']]);
  let isFull = true;
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => (isFull ? forbidden() : stored.set(name, value)),
    removeItem: (name: string) => stored.delete(name),
  };
  withStorage(
    () => storage,
    () => {
      const kept = pageStorage('localStorage');
      kept.setItem('name', 'newer');
      expect([kept.getItem('name'), stored.get('name')]).toEqual(['newer', 'older']);
      isFull = false;
      kept.setItem('name', 'newest');
      expect([kept.getItem('name'), stored.get('name'), outlivesPage()]).toEqual(['newest', 'newest', true]);
      kept.removeItem('name');
      expect([kept.getItem('name'), stored.has('name')]).toEqual([null, false]);
    },
  );
});

test('waits grow to a ceiling, are jittered, and never end before Retry-After', () => {
  for (const random of [0, 0.3, 0.999]) {
    const waits = Array.from({ length: 40 }, (_, tries) =>
      backOff(tries, { firstMs: 1000, ceilingMs: 30_000, random }),
    );
    expect(Math.max(...waits)).toBeLessThanOrEqual(37_500);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(backOff(0, { firstMs: 1000, ceilingMs: 30_000, askedMs: 8000, random })).toBeGreaterThanOrEqual(8000);
  }
  expect(spread(1000, 0)).not.toBe(spread(1000, 0.9));
  // Pages whose streams end together come back over some seconds.
  expect([0, 0.5, 1].map((random) => amongMany(random))).toEqual([0, 1500, 3000]);
});

test('an order is polled while it can change, more often while something is prepared, and never afterwards', () => {
  const at = (
    status: 'pending_payment' | 'closing' | 'paid' | 'expired' | 'cancelled' | 'refunded',
    payment: 'creating' | 'pending',
    looks = 0,
  ) => nextLook({ status, payment: { status: payment, method: 'any' } }, { looks, askedMs: 0, random: 0.5 });
  expect(at('pending_payment', 'creating')).toBe(1000);
  expect(at('pending_payment', 'pending')).toBe(2500);
  expect(at('pending_payment', 'pending', 50)).toBe(15_000);
  expect(at('closing', 'pending')).toBe(2500);
  for (const status of ['paid', 'expired', 'cancelled', 'refunded'] as const)
    expect(at(status, 'pending')).toBeUndefined();
});

test('remaining time reads like a clock', () => {
  expect([leftText(0), leftText(-5), leftText(59_001), leftText(600_000), leftText(3_661_000)]).toEqual([
    '00:00',
    '00:00',
    '01:00',
    '10:00',
    '1:01:01',
  ]);
});

test('what was typed when a turn ended comes back with the next turn of the same address, once, and to nobody else', () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  const fields = { name: 'Ayu Lestari', email: 'ayu@pembeli.test', phone: '0812', promoCode: '' };
  const typed = typedOrder('senja', storage);
  typed.keep('ayu@pembeli.test', fields);
  expect(typedOrder('other', storage).take('ayu@pembeli.test')).toBeUndefined();
  expect(typedOrder('senja', storage).take('ayu@pembeli.test')).toEqual(fields);
  expect(typed.take('ayu@pembeli.test')).toBeUndefined();
  typed.keep('ayu@pembeli.test', fields);
  expect(typed.take('budi@pembeli.test')).toBeUndefined();
  expect([typed.take('ayu@pembeli.test'), stored.size]).toEqual([undefined, 0]);
  for (const faulty of ['null', '{', '{"address":"a","fields":{"name":1}}']) {
    stored.set('antre.typed.senja', faulty);
    expect(typed.take('a')).toBeUndefined();
  }
});

test('a search sends the fields that can be searched for and leaves out the rest', () => {
  expect(readSearch({ q: '  jazz\u0000\n pantai ', city: '', utm_source: 'x' })).toEqual({ q: 'jazz   pantai' });
  expect(readSearch({ q: 'a'.repeat(500) }).q).toHaveLength(100);
  expect(readSearch({ cursor: 'x'.repeat(501) })).toEqual({});
});

test('a phone at the door whose clock begins anew goes by the last time that the service told it', () => {
  const seen = { clockOffsetMs: -2000, serverSeenMs: Date.parse('2026-11-29T17:00:00Z') };
  const phone = (time: string) => Date.parse(time);
  expect(knownAhead(seen, phone('2026-11-29T17:30:02Z'))).toBe(-2000);
  const reset = phone('1970-01-01T00:05:00Z');
  expect(new Date(reset + knownAhead(seen, reset)).toISOString()).toBe('2026-11-29T17:00:00.000Z');
  expect(knownAhead({}, reset)).toBe(0);
});

test('a file that a network holds back is given up, so that the page can say so', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', (_path: string, { signal }: RequestInit) => {
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  });
  try {
    const told = vi.fn();
    void readFile('/v1/orders/ord_1/tickets.pdf', 'token').then(told);
    // Over a slow network, a file takes longer than other answers.
    await vi.advanceTimersByTimeAsync(fileMsMax - 1);
    expect(told).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toHaveBeenCalledExactlyOnceWith(undefined);
  } finally {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  }
});
