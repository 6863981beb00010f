import { createCachedReads } from '../../../../src/http/public-cache/cached-reads.ts';
import { handleError } from '../../../../src/http/problem.ts';
import { createRouter } from '../../../../src/http/contract/router.ts';
import { createLog } from '../../../../src/platform/log.ts';
import { openCacheRedis } from '../../../../src/platform/redis.ts';
import { problems } from '../../../../src/problems.ts';
import { drawRoutes } from '../../../../src/waiting-room/draw/routes.ts';
import { createTestRedis } from '../../../../testkit/services/redis.ts';
import { patientMs } from '../../../../testkit/until.ts';
import type { DrawWorld } from './draw-world.ts';

/** The part of the API that publishes draws. */
export async function openDrawApp(world: DrawWorld) {
  const redis = await createTestRedis();
  const log = createLog({ level: 'silent', process: 'test' });
  const client = openCacheRedis(redis.cacheUrl, log, patientMs);
  const cachedReads = createCachedReads({ redis: client, log, staleAfterMs: patientMs });
  return {
    /** Made anew each time: the world's beacon chain follows its clock. */
    fetch: async (request: Request): Promise<Response> => {
      const app = createRouter();
      app.onError(handleError(problems, log));
      app.route('/', drawRoutes({ ...world.deps(), cachedReads }));
      return app.fetch(request);
    },
    close: async () => {
      cachedReads.close();
      client.disconnect();
      await redis.close();
    },
  };
}
