import { z } from '@hono/zod-openapi';
import { describe, expect, test } from 'vitest';
import { inputFaults } from '../../../src/http/contract/router.ts';
import {
  blockOfText,
  emailSchema,
  fault,
  givenDaySchema,
  givenTimeSchema,
  lineOfText,
  patternFault,
  personName,
} from '../../../src/http/contract/schemas.ts';
import { fieldFaults, inputFault } from '../../../src/platform/field-faults.ts';

/** Guards that each fault of a field has a code that stays, and texts for people in both languages. */

const faultsOf = (schema: z.ZodType, value: unknown) => {
  const parsed = z.object({ field: schema }).strict().safeParse(value);
  return parsed.success ? [] : inputFaults(parsed.error);
};

describe('the code of a fault', () => {
  test.each<readonly [about: string, schema: z.ZodType, value: unknown, code: string]>([
    ['a field that is missing', z.string(), {}, 'field.required'],
    ['a text that is empty', lineOfText(10), { field: ' ' }, 'field.required'],
    ['a choice that is missing', z.enum(['a']), {}, 'field.required'],
    ['another type', z.string(), { field: 5 }, 'field.type'],
    ['null', z.int(), { field: null }, 'field.type'],
    ['a fraction', z.int(), { field: 1.5 }, 'field.type'],
    ['no choice of the list', z.enum(['a']), { field: 'b' }, 'field.not_allowed'],
    ['a field that nobody asked for', z.string(), { field: 'a', other: 1 }, 'field.unknown'],
    ['a text that is too short', z.string().min(3), { field: 'a' }, 'text.too_short'],
    ['a text that is too long', lineOfText(3), { field: 'abcd' }, 'text.too_long'],
    ['a number that is too small', z.int().min(2), { field: 1 }, 'number.too_small'],
    ['a number that is too large', z.int().max(2), { field: 3 }, 'number.too_large'],
    ['a number between the steps', z.number().multipleOf(5), { field: 3 }, 'number.step'],
    ['too few entries', z.array(z.int()).min(1), { field: [] }, 'list.too_short'],
    ['too many entries', z.array(z.int()).max(1), { field: [1, 2] }, 'list.too_long'],
    ['another pattern', z.string().regex(/^a$/), { field: 'b' }, 'field.format'],
    [
      'a pattern that names its fault',
      z.string().regex(/^a$/, patternFault('code.six_digits')),
      { field: 'b' },
      'code.six_digits',
    ],
    ['no time', givenTimeSchema, { field: 'tomorrow' }, 'time.invalid'],
    ['a time of another century', givenTimeSchema, { field: '1999-01-01T00:00:00Z' }, 'time.out_of_range'],
    ['no day', givenDaySchema, { field: '2026-02-30' }, 'day.invalid'],
    ['two lines', lineOfText(10), { field: 'a\nb' }, 'text.not_one_line'],
    ['control characters', blockOfText(10), { field: 'a\u0007' }, 'text.control_characters'],
    ['no name', personName(80), { field: 'https://a.example' }, 'name.not_a_name'],
    ['no email address', emailSchema, { field: 'ayu' }, 'email.invalid'],
    ['a rule of its own', z.int().refine(() => false, fault('list.doubled')), { field: 1 }, 'list.doubled'],
    ['a rule without a code', z.int().refine(() => false), { field: 1 }, 'field.invalid'],
    ['one of several shapes', z.union([z.int(), z.boolean()]), { field: 'a' }, 'field.invalid'],
  ])('for %s', (_about, schema, value, code) => {
    const [first] = faultsOf(schema, value);
    expect(first?.code).toBe(code);
    expect(first?.message).toBe(first?.messages.en);
    expect(Object.values(first?.messages ?? {}).every((text) => text !== '' && !text.includes('{'))).toBe(true);
    expect(JSON.stringify(first)).not.toMatch(/tomorrow|a\.example|1999/);
  });
});

test('each text exists in both languages with the same parameters', () => {
  const parametersOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
  for (const [code, { en, id }] of Object.entries(fieldFaults) as [string, { en: string; id: string }][]) {
    expect([code, parametersOf(id)]).toEqual([code, parametersOf(en)]);
    expect([code, id === en]).toEqual([code, false]);
  }
});

test('a parameter is put into the texts', () => {
  expect(inputFault('quantity', 'number.too_large', { limit: 10 })).toEqual({
    path: 'quantity',
    code: 'number.too_large',
    message: 'must be at most 10',
    messages: { en: 'must be at most 10', id: 'maksimal 10' },
  });
});
