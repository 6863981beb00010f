import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type AuditChanges, auditFields } from '../../../src/access/audit/fields.ts';
import { actNouns, actVerbs } from '../../../src/web/i18n/words/desk/acts.ts';
import { fieldText } from '../../../src/web/i18n/words/desk/log-fields.ts';

/** Guards that the log of changes is read in words, also for acts that are new. */
const quoted = /'([a-z_]+\.[a-z_]+)'/g;

/** The acts that the service writes stand in quotes behind `act:`, or behind the name of a constant. */
function actsInSource(): string[] {
  const files = globSync('src/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const lines = files.flatMap((text) =>
    text.split('\n').filter((line) => /\bact:|\bacts =|\bgivenAway =|\bbecause =/.test(line)),
  );
  return [...new Set(lines.flatMap((line) => [...line.matchAll(quoted)].map(([, act = '']) => act)))];
}

test('every act of the audit log has words in both languages', () => {
  const acts = actsInSource();
  expect(acts.length).toBeGreaterThan(80);
  for (const act of acts) {
    const [noun = '', verb = ''] = act.split('.');
    for (const language of ['id', 'en'] as const) {
      expect([act, noun in actNouns[language], verb in actVerbs[language]]).toEqual([act, true, true]);
    }
  }
});

test('every field that an entry may name has words in both languages, and no other field can be written', () => {
  // Compiles only while the type refuses an unlisted field.
  const isTaken: { seats: number } extends AuditChanges<{ seats: number }> ? true : false = false;
  expect(isTaken).toBe(false);
  expect(auditFields.length).toBeGreaterThan(100);
  for (const field of auditFields) {
    for (const language of ['id', 'en'] as const) {
      expect([field, /^[A-Z]/.test(fieldText(field, language))]).toEqual([field, true]);
    }
  }
});
