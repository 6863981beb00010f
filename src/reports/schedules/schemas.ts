import { z } from '@hono/zod-openapi';
import {
  eventIdSchema,
  fault,
  listOf,
  plainIdSchema,
  timeSchema,
  timeZoneSchema,
  organizerParams,
} from '../../http/contract/schemas.ts';
import { formatSchema, kindSchema } from '../requests/schemas.ts';

export const scheduleParams = organizerParams.extend({ scheduleId: plainIdSchema });

const fields = {
  kind: kindSchema,
  format: formatSchema,
  every: z.enum(['day', 'week']),
  hour: z.int().min(0).max(23).openapi({ description: 'In the time zone of the schedule.' }),
};
const weekday = z.int().min(1).max(7).openapi({ description: 'With `every: week`; 1 is Monday.' });
const covers = z.enum(['everything', 'period']).openapi({
  description:
    'All rows until the run, or only those of the last day or week, since the previous run. Later changes of a row are in no later ' +
    'period; entries of the ledger do not change.',
});

export const createScheduleSchema = z
  .strictObject({
    ...fields,
    eventId: eventIdSchema.optional().openapi({ description: 'If omitted, all events of the organiser.' }),
    covers: covers.default('everything'),
    weekday: weekday.optional(),
    timeZone: timeZoneSchema.default('Asia/Jakarta'),
  })
  .refine((schedule) => schedule.every !== 'week' || schedule.weekday !== undefined, {
    ...fault('field.required'),
    path: ['weekday'],
  })
  .refine((schedule) => schedule.every !== 'day' || schedule.weekday === undefined, {
    ...fault('field.not_allowed'),
    path: ['weekday'],
  })
  .openapi('CreateReportSchedule');

export type CreateScheduleInput = z.output<typeof createScheduleSchema>;

export const scheduleSchema = z
  .object({
    ...fields,
    id: z.string(),
    eventId: z.string().nullable(),
    covers,
    weekday: weekday.nullable(),
    timeZone: z.string(),
    memberId: z.string().openapi({ description: 'The member who gets the mail.' }),
    nextRunAt: timeSchema,
    lastRunAt: timeSchema.nullable(),
    createdAt: timeSchema,
  })
  .openapi('ReportSchedule');

export const scheduleListSchema = listOf(scheduleSchema).openapi('ReportScheduleList');
