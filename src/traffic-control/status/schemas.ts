import { z } from '@hono/zod-openapi';
import { timeSchema } from '../../http/contract/schemas.ts';

/** From good to bad; the document as a whole has the worst of its parts. */
export const serviceStates = ['ok', 'slow', 'paused', 'down'] as const;
export type ServiceState = (typeof serviceStates)[number];

const stateSchema = z.enum(serviceStates).openapi('ServiceState', {
  description:
    '`ok`: as usual. `slow`: later than usual, or some requests are refused. `paused`: stopped by an operator. `down`: not working.',
});

export const statusSchema = z
  .object({
    state: stateSchema.openapi({ description: 'The worst state of the parts.' }),
    parts: z.object({
      buying: stateSchema.openapi({ description: 'Placing orders.' }),
      paying: stateSchema.openapi({ description: 'Paying orders, and handling received money.' }),
      tickets: stateSchema.openapi({ description: 'Tickets by email and WhatsApp.' }),
      door: stateSchema.openapi({ description: 'Scanning tickets online. Doors decide offline by their lists.' }),
    }),
    takesRehearsals: z.boolean().openapi({
      description:
        'Whether this is a copy for rehearsals of sales, where load is welcome and no real money moves. False where people buy tickets.',
    }),
    checkedAt: timeSchema,
  })
  .openapi('ServiceStatus');

export type ServiceStatus = z.infer<typeof statusSchema>;
