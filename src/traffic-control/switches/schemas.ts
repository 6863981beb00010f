import { z } from 'zod';
import { fault, givenTimeSchema, lineOfText } from '../../http/contract/schemas.ts';
import type { SwitchRow } from './queries.ts';
import { switchKind, switchNames } from './tables.ts';

const reasonMin = 3;

/** What an operator sends to turn a switch; the reason is required. */
export const turnSchema = z.strictObject({
  on: z.boolean(),
  /** Slug or id. */
  event: z
    .string()
    .regex(/^[\w-]{1,80}$/)
    .optional(),
  reason: lineOfText(300).refine((reason) => reason.length >= reasonMin, fault('reason.required')),
  by: lineOfText(80),
  until: givenTimeSchema.optional(),
});

/** All switches, and where each is on or was turned last. */
export function presentSwitches(rows: readonly SwitchRow[]) {
  return switchNames.map((name) => {
    const { scopes, means } = switchKind(name);
    const turned = rows.filter((row) => row.name === name);
    return { name, scopes, means, on: turned.some(({ isOn }) => isOn), turned: turned.map(presentRow) };
  });
}

function presentRow(row: SwitchRow) {
  return {
    on: row.isOn,
    event: row.eventSlug,
    eventId: row.eventSlug === null ? null : row.eventId,
    until: row.until?.toISOString() ?? null,
    reason: row.reason,
    by: row.changedBy,
    at: row.changedAt.toISOString(),
  };
}
