import { expect, test } from 'vitest';
import { cutOf } from '../../src/catalog/media/make-picture.ts';

test('the largest part of the shape that the edges allow lies around the focus', () => {
  const wide = { width: 2000, height: 500 };
  expect(cutOf(wide, { width: 8, height: 5 }, { x: 0, y: 50 })).toEqual({ left: 0, top: 0, width: 800, height: 500 });
  expect(cutOf(wide, { width: 8, height: 5 }, { x: 50, y: 0 }).left).toBe(600);
  expect(cutOf(wide, { width: 8, height: 5 }, { x: 100, y: 50 }).left).toBe(1200);
});
