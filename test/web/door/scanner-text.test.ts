import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTicketCode } from '../../../src/orders/tickets/codes/ticket-code.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import {
  type ScannerText,
  type TypedKey,
  isFullCode,
  scannerField,
  scannerText,
} from '../../../src/web/client/door/scanning/scanner-text.ts';

/** Guards that a code is read once and completely, whatever a scanner adds around it and however slowly it types. */

/** A clock that tests move. */
function fakeClock() {
  let now = 1000;
  let waiting: { id: number; at: number; act: () => void }[] = [];
  let ids = 0;
  return {
    now: () => now,
    advance(ms: number) {
      const until = now + ms;
      for (;;) {
        const [next] = waiting.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        now = next.at;
        waiting = waiting.filter(({ id }) => id !== next.id);
        next.act();
      }
      now = until;
    },
    timer: {
      set(act: () => void, ms: number) {
        ids += 1;
        waiting.push({ id: ids, at: now + ms, act });
        return ids;
      },
      clear: (id: number | undefined) => void (waiting = waiting.filter((one) => one.id !== id)),
    },
  };
}

const plain = (key: string): Omit<TypedKey, 'timeStamp'> => ({ key, ctrlKey: false, metaKey: false, altKey: false });
const keysOf = (text: string) => Array.from(text, plain);
const control = (key: string) => ({ ...plain(key), ctrlKey: true });
const code = encodeBase32(randomBytes(16));

function scanner() {
  const clock = fakeClock();
  const codes: string[] = [];
  const text: ScannerText = scannerText((read) => codes.push(read), clock.timer);
  const press = (keys: readonly Omit<TypedKey, 'timeStamp'>[], pauseMs: number) =>
    keys.map((key) => {
      clock.advance(pauseMs);
      return text.type({ ...key, timeStamp: clock.now() });
    });
  return { clock, codes, press };
}

const prefixes = { nothing: [], 'AIM prefix': keysOf(']Q3'), STX: [control('b')], GS: [control(']')] };
const suffixes = {
  nothing: [],
  Enter: [plain('Enter')],
  Tab: [plain('Tab')],
  'Enter twice': [plain('Enter'), plain('Enter')],
  'Tab and Enter': [plain('Tab'), plain('Enter')],
  'CR and LF': [control('m'), control('j')],
  LF: [control('j')],
  'ETX, Enter': [control('c'), plain('Enter')],
  'a blank': [plain(' ')],
};
const texts = { code, 'small code': code.toLowerCase(), link: `https://tickets.example/t/${code}` };

describe('a hardware scanner', () => {
  const all = Object.entries(texts).flatMap(([what, text]) =>
    Object.entries(prefixes).flatMap(([before, prefix]) =>
      Object.entries(suffixes).map(([after, suffix]) => [what, before, after, text, prefix, suffix] as const),
    ),
  );

  it.each(all)(
    'is read when it types a %s after %s and before %s, at any speed',
    (_what, _before, _after, text, prefix, suffix) => {
      for (const pauseMs of [1, 30, 120, 400]) {
        const { clock, codes, press } = scanner();
        for (let scan = 1; scan <= 2; scan += 1) {
          press([...prefix, ...keysOf(text), ...suffix], pauseMs);
          clock.advance(2000);
          expect(codes).toHaveLength(scan);
          expect(readTicketCode(codes.at(-1) ?? '')).toEqual(readTicketCode(code));
        }
      }
    },
  );

  it('is read when it sends codes of other systems, with and without an end', () => {
    for (const suffix of [[], [plain('Enter')], [plain('Tab')]]) {
      const { clock, codes, press } = scanner();
      press([...keysOf('9781234567890'), ...suffix], 20);
      clock.advance(2000);
      expect(codes).toEqual(['9781234567890']);
    }
  });

  it('does not take over the keyboard of a person', () => {
    const { clock, codes, press } = scanner();
    const keys = ['Tab', 'Tab', ' ', 'Enter', 'Shift', 'ArrowDown', 'Escape'].map(plain);
    expect(press(keys, 500)).toEqual(keys.map(() => false));
    expect(press([control('c'), control('v'), { ...plain('r'), metaKey: true }, control('j')], 500)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    press(keysOf('hello'), 100);
    clock.advance(5000);
    expect(codes).toEqual([]);
  });

  it('does not press a button with the keys of a code', () => {
    const { press } = scanner();
    const swallowed = press([...keysOf(code), plain('Enter'), plain('Enter'), control('j')], 10);
    expect(new Set(swallowed)).toEqual(new Set([true]));
  });

  it('may send any bytes at any even speed', () => {
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(
        sixteen,
        fc.integer({ min: 1, max: 450 }),
        fc.constantFrom(...Object.values(suffixes)),
        (bytes, pauseMs, suffix) => {
          const { clock, codes, press } = scanner();
          press([...keysOf(encodeBase32(bytes)), ...suffix], pauseMs);
          clock.advance(2000);
          expect(codes.map((read) => readTicketCode(read)?.code)).toEqual([bytes]);
        },
      ),
    );
  });
});

describe('the field of the code', () => {
  function field() {
    const clock = fakeClock();
    let times = 0;
    const typed = scannerField(() => (times += 1), clock.timer);
    const type = (text: string, pauseMs: number) => {
      for (let length = 1; length <= text.length; length += 1) {
        clock.advance(pauseMs);
        typed.changed(text.slice(0, length), clock.now());
      }
    };
    return { clock, typed, type, times: () => times };
  }

  it.each([5, 80, 300])(
    'is submitted automatically once it has a complete code, typed with %i ms between the letters',
    (pauseMs) => {
      const { clock, type, times } = field();
      type(code, pauseMs);
      expect(times()).toBe(0);
      clock.advance(2000);
      expect(times()).toBe(1);
    },
  );

  it('accepts a pasted code, and Tab after a code', () => {
    const { clock, typed, times } = field();
    typed.changed(` ${code} `, clock.now());
    expect(typed.endsWithTab(code)).toBe(true);
    clock.advance(2000);
    expect(times()).toBe(1);
  });

  it('does not interrupt a person who is still typing, and lets Tab move on', () => {
    const { clock, typed, type, times } = field();
    type(code.slice(0, 20), 250);
    clock.advance(10_000);
    expect([times(), typed.endsWithTab(code.slice(0, 20))]).toEqual([0, false]);
  });
});

it('a complete code is recognised by its letters', () => {
  for (const text of Object.values(texts)) expect(isFullCode(text)).toBe(true);
  expect(isFullCode(`]Q3${code}`)).toBe(true);
  for (const text of ['', code.slice(1), `${code}0`, 'https://tickets.example/t/'])
    expect(isFullCode(text)).toBe(false);
});

describe('a keyboard that is set to another country', () => {
  /** What the keys of an American keyboard produce on these layouts, by position and without Shift. */
  const layouts: Record<string, (letter: string) => string> = {
    'German: Y and Z are swapped': (letter) => ({ Y: 'Z', Z: 'Y' })[letter] ?? letter,
    'French: letters are elsewhere, and digits are accents': (letter) =>
      ({ A: 'q', Q: 'a', Z: 'w', W: 'z', M: ',' })[letter] ??
      ('0123456789'.includes(letter) ? 'à&é"\'(-è_ç'.charAt(Number(letter)) : letter),
    'Russian: no letter is Latin': (letter) =>
      /\d/.test(letter) ? letter : String.fromCharCode(letter.charCodeAt(0) - 65 + 0x0430),
  };
  const placeOf = (letter: string) => (/\d/.test(letter) ? `Digit${letter}` : `Key${letter}`);
  const ticket = `${code.slice(0, 24)}YZ`;

  it.each(Object.entries(layouts))('%s', (_name, layout) => {
    const clock = fakeClock();
    const read: string[][] = [];
    const text = scannerText((...codes) => read.push(codes.filter((one) => one !== undefined)), clock.timer);
    for (const letter of ticket) {
      clock.advance(5);
      text.type({ ...plain(layout(letter)), code: placeOf(letter), timeStamp: clock.now() });
    }
    text.type({ ...plain('Enter'), code: 'Enter', timeStamp: clock.now() });
    expect(read).toHaveLength(1);
    expect(read[0]).toContain(ticket);
  });

  it('passes on one reading where both are equal, also with Caps Lock', () => {
    const clock = fakeClock();
    const read: (string | undefined)[][] = [];
    const text = scannerText((...codes) => read.push(codes), clock.timer);
    for (const letter of ticket)
      text.type({ ...plain(letter.toLowerCase()), code: placeOf(letter), timeStamp: clock.now() });
    text.type({ ...plain('Enter'), timeStamp: clock.now() });
    expect(read).toEqual([[ticket.toLowerCase()]]);
  });
});
