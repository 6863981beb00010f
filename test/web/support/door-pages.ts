import { Hono } from 'hono';
import postgres from 'postgres';
import { newCredential } from '../../../src/access/credentials/credential.ts';
import { createApp } from '../../../src/app.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { newId } from '../../../src/platform/ids.ts';
import { webRoutes } from '../../../src/web/routes.ts';
import { addDoorEvent } from '../../../testkit/check-in/door-event.ts';
import { launchBrowser } from '../../../testkit/processes/browser.ts';
import { startTestService } from '../../../testkit/processes/service.ts';

/** The pages and the API on one origin, an event with a door, and a browser. */
export async function openDoorPages() {
  const running = await startTestService({ PUBLIC_URL: 'http://127.0.0.1' });
  const api = createApp(running.service);
  const pages = new Hono().route('/', webRoutes(running.service));
  const server = await serve(
    {
      take: api.take,
      fetch: (request, ...rest) =>
        new URL(request.url).pathname.startsWith('/v1/') ? api.fetch(request, ...rest) : pages.fetch(request),
    },
    { host: '127.0.0.1', port: 0, reusePort: false },
  );
  const sql = postgres(running.directUrl, { max: 1 });
  const event = await addDoorEvent(sql);
  const browser = await launchBrowser();

  /** A device of the event. @returns its token */
  async function addDevice(name: string): Promise<string> {
    const { text, hash } = newCredential('device', running.service.config);
    await sql`insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
      values (${newId('dev')}, ${event.organizerId}, ${event.eventId}, ${name}, ${hash}, 'test', 'test')`;
    return text;
  }

  return {
    browser,
    sql,
    event,
    db: running.service.db,
    origin: `http://127.0.0.1:${server.port}`,
    addDevice,
    close: async () => {
      await browser.close();
      await sql.end();
      await server.close();
      await running.close();
    },
  };
}
export type DoorPages = Awaited<ReturnType<typeof openDoorPages>>;
