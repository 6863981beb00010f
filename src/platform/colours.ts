/**
 * The colours that pages, mails, tickets on paper and wallet passes share. Pages take them from `src/web/client/styles/colours.css`;
 * `test/web/one-look.test.ts` compares the two, and what each of the others shows.
 */
export const colours = {
  paper: '#faf7f1',
  card: '#fffdf9',
  ink: '#1d1a16',
  muted: '#655e53',
  line: '#ddd4c5',
  accent: '#0d4f42',
  accentStrong: '#093b31',
  onAccent: '#fbf8f1',
} as const;

/** Where a screen is set to dark. */
export const darkColours = {
  paper: '#131211',
  card: '#1c1a18',
  ink: '#f3eee5',
  muted: '#b0a799',
  line: '#39342e',
  accent: '#7fd3bb',
  accentStrong: '#a5e4d2',
  onAccent: '#08251e',
} as const;

/** Less important words on the accent's colour, which pages have nowhere. */
export const mutedOnAccent = '#b9d8c9';
