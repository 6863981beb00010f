import { parseArgs } from 'node:util';
import { createOrganizer } from '../access/staff/create-organizer.ts';
import { createOrganizerSchema } from '../access/schemas.ts';
import { inputFaults } from '../http/contract/router.ts';
import { withService } from './with-service.ts';

/**
 * Creates an organiser and prints the invitation link of its first owner:
 *
 *     node src/cli/create-organizer.ts --slug senja-live --name "Senja Live" --owner-email owner@senja.example
 *
 * The link is a secret for one person, good for seven days and once.
 */
const usage =
  'usage: create-organizer --slug <a-z, 0-9, -> --name <name> --owner-email <address> [--owner-name <name>] [--locale id|en]';

await withService('create-organizer', usage, async ({ db, clock, config }) => {
  const { values } = parseArgs({
    options: {
      slug: { type: 'string' },
      name: { type: 'string' },
      'owner-email': { type: 'string' },
      'owner-name': { type: 'string' },
      locale: { type: 'string' },
    },
  });
  const input = createOrganizerSchema.safeParse({
    slug: values.slug,
    name: values.name,
    ownerEmail: values['owner-email'],
    ownerName: values['owner-name'],
    locale: values.locale,
  });
  if (!input.success) {
    return { faults: inputFaults(input.error).map(({ path, message }) => `${path}: ${message}`) };
  }
  const created = await createOrganizer({ db, clock, config }, input.data);
  return {
    lines: [
      `organiser ${input.data.slug} (${created.organizerId}) is there`,
      `invitation of ${input.data.ownerEmail}, until ${created.expiresAt.toISOString()}:`,
      created.link,
    ],
  };
});
