import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  mailFrame,
  button,
  factTable,
  paragraph,
  softParagraph,
} from '../../src/notifications/templates/parts/html.ts';
import { colours, darkColours, mutedOnAccent } from '../../src/platform/colours.ts';

/** Guards that pages, mails, tickets on paper and wallet passes look like one product. */

const root = new URL('../../', import.meta.url);
const sourceOf = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The colours of the pages, by day and by night, from their style sheet. */
function pageColours(): { day: Record<string, string>; night: Record<string, string> } {
  const [day = '', night = ''] = sourceOf('src/web/client/styles/colours.css').split('prefers-color-scheme: dark');
  const read = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [
        name.replace(/-(?<letter>[a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    );
  return { day: read(day), night: read(night) };
}

test('the shared colours are those of the pages, by day and by night', () => {
  const { day, night } = pageColours();
  expect(day).toMatchObject(colours);
  expect(night).toMatchObject(darkColours);
});

test('a mail shows no other colour', () => {
  const page = mailFrame({
    locale: 'en',
    preview: 'p',
    title: 't',
    kicker: 'k',
    body: [paragraph('a'), softParagraph('b'), button('c', 'https://x.test'), factTable([['d', 'e', 'sum']])],
    footer: 'f',
  });
  const ours = new Set<string>([...Object.values(colours), ...Object.values(darkColours), mutedOnAccent]);
  const shown = new Set(page.match(/#[0-9a-f]{3,8}\b/g));
  expect([...shown].filter((one) => !ours.has(one))).toEqual([]);
  expect(shown.size).toBeGreaterThan(10);
});

/** White and black belong to QR codes, which scanners need dark on light. */
const ofCodes = new Set(['#ffffff', '#000000', '#fff', '#000']);

test.each([
  'src/notifications/templates/tickets.ts',
  'src/notifications/templates/parts/order-footer.ts',
  'src/orders/tickets/draw-ticket.ts',
  'src/orders/tickets/paper/fields.ts',
  'src/orders/wallet/apple-pass.ts',
  'src/orders/wallet/google-link.ts',
  'src/web/server/files/app-files.ts',
  'src/web/server/layout.ts',
])('%s has no colour of its own', (path) => {
  const own = sourceOf(path).match(/#[0-9a-f]{3,8}\b|rgb\(\d/g) ?? [];
  expect(own.filter((one) => !ofCodes.has(one))).toEqual([]);
  expect(sourceOf(path)).toContain('platform/colours.ts');
});
