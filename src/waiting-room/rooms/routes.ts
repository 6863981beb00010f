import { createRoute } from '@hono/zod-openapi';
import type { z } from 'zod';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import { endRoom, pauseRoom } from './change-room.ts';
import { type PlanDeps, planRoom } from './plan-room.ts';
import { drawLeadOf } from '../draw/draw-lead.ts';
import { planSchema, roomSchema } from '../schemas.ts';
import { showRoom } from './show-room.ts';

export type RoomRoutesDeps = PlanDeps & { readonly actors: Actors };

function contracts(deps: RoomRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: waiting room');
  const request = { params: organizerEventParams };
  const room = { 200: answer(roomSchema, 'The waiting room.') };
  return {
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/events/{eventId}/waiting-room',
      operationId: 'showWaitingRoom',
      summary: 'The waiting room of an event, and its progress',
      request,
      responses: { ...room, ...problems(401, 403, 404, 503) },
    }),
    plan: createRoute({
      ...manager.json,
      method: 'put',
      path: '/v1/organizers/{slug}/events/{eventId}/waiting-room',
      operationId: 'planWaitingRoom',
      summary: 'Plan the waiting room of an event, or change the plan',
      description:
        'Planning commits to the draw. Everything may change until the pre-queue opens. After that, only `rateMax` and ' +
        '`challengeDifficulty` may change, because the rest was promised in public: 409 `queue.times_fixed`.',
      request: { params: organizerEventParams, body: body(planSchema) },
      responses: { ...room, ...problems(400, 401, 403, 404, 409, 415, 503) },
    }),
    end: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/events/{eventId}/waiting-room/closure',
      operationId: 'closeWaitingRoom',
      summary: 'End the waiting room permanently',
      description: 'From then on, orders need no pass.',
      request,
      responses: { ...room, ...problems(401, 403, 404, 409, 503) },
    }),
    pause: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/events/{eventId}/waiting-room/pause',
      operationId: 'pauseWaitingRoom',
      summary: 'Pause the waiting room',
      description: 'Turns do not run out meanwhile.',
      request,
      responses: { ...room, ...problems(401, 403, 404, 409, 503) },
    }),
    resume: createRoute({
      ...manager.plain,
      method: 'delete',
      path: '/v1/organizers/{slug}/events/{eventId}/waiting-room/pause',
      operationId: 'resumeWaitingRoom',
      summary: 'Continue the waiting room',
      request,
      responses: { ...room, ...problems(401, 403, 404, 409, 503) },
    }),
  };
}

/** The routes by which organizers manage the waiting room of an event. */
export function waitingRoomRoutes(deps: RoomRoutesDeps) {
  const { show, plan, end, pause, resume } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(show, async (c) => c.json(await showRoom(deps, c.var.actor, c.req.valid('param').eventId), 200))
    .openapi(plan, async (c) => {
      const { eventId } = c.req.valid('param');
      await planRoom(deps, { actor: c.var.actor, eventId, settings: settingsOf(c.req.valid('json')) });
      return c.json(await showRoom(deps, c.var.actor, eventId), 200);
    })
    .openapi(end, async (c) => {
      const { eventId } = c.req.valid('param');
      await endRoom(deps, { actor: c.var.actor, eventId });
      return c.json(await showRoom(deps, c.var.actor, eventId), 200);
    })
    .openapi(pause, async (c) => {
      const { eventId } = c.req.valid('param');
      await pauseRoom(deps, { actor: c.var.actor, eventId, isPaused: true });
      return c.json(await showRoom(deps, c.var.actor, eventId), 200);
    })
    .openapi(resume, async (c) => {
      const { eventId } = c.req.valid('param');
      await pauseRoom(deps, { actor: c.var.actor, eventId, isPaused: false });
      return c.json(await showRoom(deps, c.var.actor, eventId), 200);
    });
}

function settingsOf({ drawLeadSeconds, ...plan }: z.output<typeof planSchema>) {
  const freezesAt = new Date(plan.freezesAt);
  const opensAt = new Date(plan.opensAt);
  return {
    ...plan,
    preQueueOpensAt: new Date(plan.preQueueOpensAt),
    freezesAt,
    opensAt,
    drawLeadSeconds: drawLeadSeconds ?? drawLeadOf(freezesAt, opensAt),
  };
}
