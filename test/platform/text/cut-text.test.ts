import { describe, expect, it } from 'vitest';
import { messageParameter } from '../../../src/notifications/templates/whatsapp.ts';
import { cutText } from '../../../src/platform/text/cut-text.ts';

/** Guards texts that are cut for others: half of an emoji is a text that JSON readers, XML and databases refuse. */
describe('a text that is cut', () => {
  it('keeps whole characters, and is never longer than asked', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('ab🎫', 3)).toBe('ab');
    expect(cutText('ab🎫', 4)).toBe('ab🎫');
    expect(cutText('🎫🎫', 0)).toBe('');
    expect(cutText('🎫', 1)).toBe('');
  });

  it('is well formed in a WhatsApp message, wherever the limit falls', () => {
    for (let before = 296; before <= 301; before += 1) {
      const parameter = messageParameter(`${'a'.repeat(before)}🎫🎫🎫🎫`);
      expect(parameter.isWellFormed()).toBe(true);
      expect(parameter.length).toBeLessThanOrEqual(300);
    }
  });
});
