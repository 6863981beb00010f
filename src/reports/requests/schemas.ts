import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../http/contract/pagination.ts';
import {
  eventIdSchema,
  fault,
  givenTimeSchema,
  listOf,
  plainIdSchema,
  timeSchema,
  organizerParams,
} from '../../http/contract/schemas.ts';
import { kinds } from '../making/kinds/kinds.ts';
import { reportFormats, reportKinds, reportStatuses } from '../tables.ts';

export const reportParams = organizerParams.extend({ reportId: plainIdSchema });
export const listReportsQuery = z.strictObject(pageQuery);

export const kindSchema = z.enum(reportKinds).openapi('ReportKind');
export const formatSchema = z.enum(reportFormats).openapi('ReportFormat');

const filtersSchema = z
  .strictObject({
    from: givenTimeSchema.optional(),
    to: givenTimeSchema.optional(),
    status: z
      .string()
      .regex(/^[a-z_]{1,40}$/)
      .optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    ...fault('time.order', { other: 'from' }),
    path: ['to'],
  })
  .openapi('ReportFilters', {
    description:
      'Rows from `from` until before `to`: tickets by their issue, orders by their placement, payments, refunds and deliveries by their ' +
      'creation, entries of the ledger by their posting, check-ins by their scan. `status` is a status of the kind, the result of a ' +
      'check-in, or the account of an entry.',
  });

export const requestReportSchema = z
  .strictObject({
    kind: kindSchema,
    format: formatSchema,
    eventId: eventIdSchema.optional().openapi({ description: 'If omitted, all events of the organiser.' }),
    filters: filtersSchema.default({}),
  })
  .refine(({ kind, filters }) => filters.status === undefined || kinds[kind].statuses.includes(filters.status), {
    ...fault('field.not_allowed'),
    path: ['filters', 'status'],
  })
  .openapi('RequestReport');

export type RequestReportInput = z.output<typeof requestReportSchema>;

export const reportSchema = z
  .object({
    id: z.string(),
    kind: kindSchema,
    format: formatSchema,
    eventId: z.string().nullable(),
    filters: filtersSchema,
    scheduleId: z.string().nullable(),
    status: z.enum(reportStatuses),
    rows: z.int().openapi({ description: 'Rows so far; all rows of a ready report.' }),
    bytes: z.int().nullable(),
    failure: z.string().nullable().openapi({ description: 'Why the latest run failed.' }),
    createdAt: timeSchema,
    startedAt: timeSchema.nullable(),
    finishedAt: timeSchema.nullable(),
    expiresAt: timeSchema.nullable().openapi({ description: 'When the file is deleted.' }),
  })
  .openapi('Report');

export const reportListSchema = listOf(reportSchema).openapi('ReportList');
