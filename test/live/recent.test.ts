import { expect, test } from 'vitest';
import { type Draft, eventBytes, messagesOf, topicOf } from '../../src/live/messages.ts';
import { createRecent } from '../../src/live/recent.ts';

const order = (text: string): Draft => ({ topic: topicOf('order', 'ord_1'), name: 'order', data: text });
const counters = (text: string): Draft => ({ topic: topicOf('door', 'evt_1'), name: 'counters', data: text });
const texts = (found: readonly { readonly data: string }[] | undefined) => found?.map(({ data }) => data);

function remember(limits: Partial<Parameters<typeof createRecent>[0]> = {}) {
  const recent = createRecent({ rememberedMax: 100, rememberedBytesMax: 1_000_000, replayMs: 300_000, ...limits });
  recent.clear([1_000_000, 0, 0]);
  return {
    recent,
    add: (id: string, ...drafts: Draft[]) => {
      for (const message of messagesOf(id, drafts)) recent.add(message);
    },
  };
}

test('returns the entries after an id, also from the middle of an entry', () => {
  const { recent, add } = remember();
  add('1000001-0', order('a'), order('b'));
  add('1000002-0', order('c'));
  expect(texts(recent.since(topicOf('order', 'ord_1'), '1000001-0.0'))).toEqual(['b', 'c']);
  expect(texts(recent.since(topicOf('order', 'ord_1'), '1000002-0.0'))).toEqual([]);
  expect(texts(recent.since(topicOf('order', 'ord_2'), '1000001-0.0'))).toEqual([]);
});

test('returns only the newest figures', () => {
  const { recent, add } = remember();
  add('1000001-0', counters('1'));
  add('1000002-0', counters('2'));
  add('1000003-0', counters('3'));
  expect(texts(recent.since(topicOf('door', 'evt_1'), '1000001-0.0'))).toEqual(['3']);
  expect(recent.latest(topicOf('door', 'evt_1'), 'counters')?.data).toBe('3');
});

test.each([
  ['age', {}, ['1000001-0', '1200000-0', '1400000-0']],
  ['number', { rememberedMax: 2 }, ['1000001-0', '1000002-0', '1000003-0']],
  ['bytes', { rememberedBytesMax: 500 }, ['1000001-0', '1000002-0', '1000003-0']],
])('an id from before messages were dropped by %s is not known', (_, limits, [first = '', second = '', third = '']) => {
  const { recent, add } = remember(limits);
  add(first, order('a'));
  add(second, order('b'));
  add(third, order('c'));
  expect(recent.since(topicOf('order', 'ord_1'), '1000000-5.0')).toBeUndefined();
  expect(texts(recent.since(topicOf('order', 'ord_1'), `${first}.0`))).toEqual(['b', 'c']);
});

test('an id before a gap, from the future or in an unknown form is not known', () => {
  const { recent, add } = remember();
  add('1000001-0', order('a'));
  recent.clear([1_000_005, 0, -1]);
  add('1000005-0', order('b'));
  const topic = topicOf('order', 'ord_1');
  expect(recent.since(topic, '1000001-0.0')).toBeUndefined();
  expect(texts(recent.since(topic, '1000005-0.0'))).toEqual([]);
  expect(recent.since(topic, '9000000-0.0')).toBeUndefined();
  expect(recent.since(topic, 'a-b')).toBeUndefined();
});

test('a line break that somebody typed begins no second event', () => {
  const data = JSON.stringify({ name: 'Pintu\r\n\nevent: forged\rdata: {}\u2028\u0000' });
  expect(
    eventBytes('order', data, '1-2.3')
      .toString()
      .split(/\r\n|\r|\n/),
  ).toEqual(['id: 1-2.3', 'event: order', `data: ${data}`, '', '']);
});

test('an event is written on lines of its own', () => {
  expect(eventBytes('order', '{"a":1}', '1-2.3').toString()).toBe('id: 1-2.3\nevent: order\ndata: {"a":1}\n\n');
});
