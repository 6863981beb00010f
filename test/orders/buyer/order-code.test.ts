import { expect, it } from 'vitest';
import { parseOrderCode } from '../../../src/orders/buyer/look-up-order.ts';

/** People type the code from paper, or paste it out of a message. */

it.each([
  ['9QX4T-0RBVE'],
  ['9qx4t0rbve'],
  ['9QX4T-ORBVE'],
  [' 9QX4T - 0RBVE '],
  ['9QX4T–0RBVE'],
  ['9QX4T\u20110RBVE'],
  ['9QX4T\u22120RBVE'],
  ['\u200e9QX4T-0RBVE\u200f'],
  ['9QX4T\u00a00RBVE\r\n'],
  ['９ＱＸ４Ｔ－０ＲＢＶＥ'],
  ['9QX4T\u00ad0RBVE'],
])('%j is the code', (text) => {
  expect(parseOrderCode(text)).toBe('9QX4T0RBVE');
});

it.each([['9QX4T-0RBV'], ['9QX4T-0RBVEE'], ['9QX4T-0RBVU'], [''], ['ayu@example.test']])('%j is none', (text) => {
  expect(parseOrderCode(text)).toBeUndefined();
});

it('reads I and L as 1', () => {
  expect(parseOrderCode('IlL11-OOOOo')).toBe('1111100000');
});
