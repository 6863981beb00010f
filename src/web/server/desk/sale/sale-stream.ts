import type { Context } from 'hono';
import { innerBindings } from '../../../../http/inner-call.ts';
import { addressHeaders } from '../../../../http/server/client-network.ts';
import type { DeskDeps } from '../answer.ts';
import { inProcess } from '../api.ts';
import { sessionOf } from '../session.ts';

const room = '/desk';
export const saleStreamPath = `${room}/organizers/:slug/events/:eventId/sales/stream`;
const passedOn = ['accept', 'last-event-id', ...addressHeaders] as const;

/**
 * The API's live stream of a sale, for the script of the live sale. The script cannot read the session, so the desk opens the stream with the
 * session of the cookie. It is answered on the connection of this request.
 */
export function saleStream({ callApi, publicUrl }: Pick<DeskDeps, 'callApi' | 'publicUrl'>) {
  return (c: Context): Response | Promise<Response> => {
    const session = sessionOf(c, publicUrl);
    if (session === undefined) return c.body(null, 401);
    const headers = new Headers({ authorization: `Bearer ${session}` });
    for (const name of passedOn) {
      const value = c.req.header(name);
      if (value !== undefined) headers.set(name, value);
    }
    const path = `/v1${c.req.path.slice(room.length)}`;
    return callApi(new Request(`${inProcess}${path}`, { method: c.req.method, headers }), innerBindings(c));
  };
}
