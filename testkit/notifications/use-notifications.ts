import { afterAll, beforeEach } from 'vitest';
import { control, openNotifications } from './notification-world.ts';

/** Notifications for all tests of a file. Each test begins with an outside world that has received nothing and answers as usual. */
export async function useNotifications() {
  const world = await openNotifications();
  beforeEach(() => control(world.sandbox, 'reset', {}));
  afterAll(() => world.close());
  return world;
}
