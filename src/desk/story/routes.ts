import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { auditActorKinds } from '../../access/tables.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, problems, timeSchema } from '../../http/contract/schemas.ts';
import { anyId, organizerParams } from '../../orders/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { storyKinds, tellStory } from './tell-story.ts';

const storySchema = z
  .object({
    data: z.array(
      z.object({
        at: timeSchema,
        kind: z.enum(storyKinds),
        by: z
          .object({ kind: z.enum(auditActorKinds), id: z.string(), name: z.string().nullable() })
          .nullable()
          .openapi({ description: 'Who did it; null if it was the buyer, a gateway or the service.' }),
        detail: z.record(z.string(), z.unknown()).openapi({ description: 'Data of the kind; fields may be added.' }),
      }),
    ),
    isComplete: z.boolean().openapi({ description: 'False if there is more and only the newest entries are shown.' }),
  })
  .openapi('OrderStory');

export type StoryDeps = { readonly db: Db; readonly actors: Actors };

/** The story of one order. */
export function storyRoutes(deps: StoryDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: orders');
  const story = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/orders/{orderId}/story',
    operationId: 'tellOrderStory',
    summary: 'Everything that happened to an order, oldest first',
    description:
      'Holds, payments, callbacks, refunds, messages, scans, tasks, notes and changes. Recipients are masked.',
    request: { params: organizerParams.extend({ orderId: anyId('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') }) },
    responses: { 200: answer(storySchema, 'The story.'), ...problems(401, 403, 404, 503) },
  });
  return createRouter<ActorEnv>().openapi(story, async (c) => {
    const { entries, isComplete } = await tellStory(deps, c.var.actor, c.req.valid('param').orderId);
    return c.json({ data: entries, isComplete }, 200);
  });
}
