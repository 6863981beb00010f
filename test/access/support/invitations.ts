import { afterAll } from 'vitest';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import {
  anOrganizer,
  openAccessWorld,
  stagedJobs,
  testPassword,
  tokenOf,
} from '../../../testkit/access/access-world.ts';

export type Member = { id: string; email: string; role: string; status: string };

/** Two organizers for all tests of a file, and the way from an invitation to its acceptance. */
export async function useInvitations() {
  const world = await openAccessWorld();
  afterAll(() => world.close());
  const organizer = await anOrganizer(world);
  const path = (rest = '') => `/v1/organizers/${organizer.slug}/staff${rest}`;
  return {
    world,
    organizer,
    stranger: await anOrganizer(world),
    path,
    invite: (body: object, as = organizer.owner) => world.request('POST', path(), { as, body }),
    lastToken: async () => {
      const jobs = await stagedJobs(world, 'staff.invited');
      const mail = await staffTokenLink(world.deps, jobs.at(-1)?.payload.tokenId ?? '');
      return { mail, token: tokenOf(mail?.link ?? 'http://x/') };
    },
    accept: (token: string, name = 'Dewi', password = testPassword) =>
      world.request('POST', '/v1/invitations/acceptance', { body: { token, name, password } }),
  };
}
