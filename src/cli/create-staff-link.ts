import { parseArgs } from 'node:util';
import { createStaffLink } from '../access/links/create-staff-link.ts';
import { emailSchema } from '../http/contract/schemas.ts';
import { withService } from './with-service.ts';

/**
 * Prints a new invitation or password-reset link for a member whose mail does not arrive:
 *
 *     node src/cli/create-staff-link.ts --email owner@senja.example [--organizer senja]
 *
 * Several organisers may have invited one address: `--organizer` says which of them is meant.
 */
const usage = 'usage: create-staff-link --email <address of a staff member> [--organizer <slug>]';

await withService('create-staff-link', usage, async (service) => {
  const { values } = parseArgs({ options: { email: { type: 'string' }, organizer: { type: 'string' } } });
  const email = emailSchema.safeParse(values.email);
  if (!email.success) return { faults: ['email: must be the address of a staff member'] };
  const { purpose, link, expiresAt } = await createStaffLink(service, {
    email: email.data,
    organizerSlug: values.organizer,
  });
  return { lines: [`${purpose} link, until ${expiresAt.toISOString()}:`, link] };
});
