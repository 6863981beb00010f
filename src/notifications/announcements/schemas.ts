import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../http/contract/pagination.ts';
import {
  blockOfText,
  eventIdSchema,
  fault,
  lineOfText,
  listOf,
  plainIdSchema,
  timeSchema,
  organizerEventParams,
} from '../../http/contract/schemas.ts';
import { channels } from '../tables.ts';
import {
  categoriesMax,
  paymentReminderMinutesMax,
  reminderHoursMax,
  shortTextMax,
  subjectMax,
  textMax,
} from './limits.ts';
import { announcementKinds, announcementStatuses } from './tables.ts';

export const announcementParams = organizerEventParams.extend({ announcementId: plainIdSchema });
export const announcementsQuery = z.strictObject(pageQuery);

const distinct = (values: readonly unknown[]) => new Set(values).size === values.length;

const textSchema = z
  .strictObject({
    subject: lineOfText(subjectMax),
    text: blockOfText(textMax).min(1).openapi({ description: 'Plain text; blank lines divide paragraphs.' }),
    shortText: lineOfText(shortTextMax)
      .optional()
      .openapi({ description: 'The text for WhatsApp; required if `channels` contains `whatsapp`.' }),
  })
  .openapi('AnnouncementText');

const audienceSchema = z
  .strictObject({
    ticketCategoryIds: z
      .array(plainIdSchema)
      .min(1)
      .max(categoriesMax)
      .refine(distinct, fault('list.doubled'))
      .optional()
      .openapi({ description: 'Buyers with a valid ticket of one of these categories.' }),
    checkedIn: z
      .boolean()
      .optional()
      .openapi({ description: 'Buyers with at least one ticket that has entered (true), or with none (false).' }),
  })
  .openapi('AnnouncementAudience');

const contentSchema = z.strictObject({ id: textSchema, en: textSchema });

export const createAnnouncementSchema = z
  .strictObject({
    kind: z.enum(['practical', 'news']).openapi({
      description:
        'Practical messages about the event go to every holder of a live ticket, news only to buyers who agreed.',
    }),
    channels: z.array(z.enum(channels)).min(1).max(channels.length).refine(distinct, fault('list.doubled')),
    audience: audienceSchema.default({}).openapi({ description: 'If empty, all buyers of the event.' }),
    content: contentSchema,
  })
  .openapi('CreateAnnouncement');
export type CreateAnnouncement = z.output<typeof createAnnouncementSchema>;

export const announcementSchema = z
  .object({
    id: plainIdSchema,
    eventId: eventIdSchema,
    kind: z.enum(announcementKinds),
    status: z.enum(announcementStatuses),
    channels: z.array(z.enum(channels)),
    audience: audienceSchema,
    content: contentSchema.nullable().openapi({ description: 'Null for a reminder, whose text is fixed.' }),
    recipients: z
      .object({ email: z.int(), whatsapp: z.int() })
      .openapi({ description: 'Number of different addresses when it was previewed or created.' }),
    createdAt: timeSchema,
    confirmedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
  })
  .openapi('Announcement');
export const announcementListSchema = listOf(announcementSchema).openapi('AnnouncementList');

export const previewSchema = z
  .object({
    locale: z.enum(['id', 'en']),
    email: z.object({ subject: z.string(), text: z.string(), html: z.string() }).nullable(),
    whatsapp: z.object({ text: z.string() }).nullable().openapi({
      description:
        'The text for senders without templates. Senders of the Cloud API send the template that Meta approved.',
    }),
  })
  .openapi('AnnouncementPreview');

export const draftedSchema = announcementSchema
  .extend({
    previews: z.array(previewSchema).openapi({ description: 'How it reads to an invented buyer, in each language.' }),
    confirmationToken: z.string().openapi({ description: 'Confirms exactly this preview, for half an hour.' }),
  })
  .openapi('DraftedAnnouncement');

const states = {
  queued: z.int(),
  sent: z.int().openapi({ description: 'Accepted by the provider.' }),
  delivered: z.int(),
  failed: z.int(),
  heldBack: z.int().openapi({ description: 'Not sent: a suppressed address, a cap, or no longer true.' }),
};
const statesSchema = z.object(states).openapi('MessageStates');
export const statesByChannelSchema = z.object({ email: statesSchema, whatsapp: statesSchema });
const progressSchema = z
  .object({ waiting: z.int().openapi({ description: 'Not queued yet.' }), ...states })
  .openapi('AnnouncementProgress');

export const shownAnnouncementSchema = announcementSchema
  .extend({ progress: z.object({ email: progressSchema, whatsapp: progressSchema }) })
  .openapi('ShownAnnouncement');

export const confirmationSchema = z
  .strictObject({ confirmationToken: z.string().regex(/^[\w-]{43}$/) })
  .openapi('AnnouncementConfirmation');

export const messageSettingsSchema = z
  .strictObject({
    reminderHours: z.int().min(1).max(reminderHoursMax).nullable().openapi({
      description: 'Hours before the start at which holders of live tickets are reminded; null for never. Default: 24.',
    }),
    paymentReminderMinutes: z.int().min(2).max(paymentReminderMinutesMax).nullable().openapi({
      description:
        'Minutes before the end of the time to pay at which buyers are reminded, if that time is at least twice as long; null for never. Default: 5.',
    }),
    changeNotices: z.enum(['automatic', 'confirmed']).openapi({
      description:
        '`automatic`: holders are told that the event is called off, postponed or moved some minutes after the last change. `confirmed`: only once the notice is confirmed. Default: `automatic`.',
    }),
  })
  .openapi('MessageSettings');
export type MessageSettings = z.output<typeof messageSettingsSchema>;
