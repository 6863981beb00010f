import { parseArgs } from 'node:util';
import { createStaffLink } from '../access/create-staff-link.ts';
import { emailSchema } from '../http/schemas.ts';
import { withService } from './with-service.ts';

/**
 * For a member whose mail does not arrive: prints a new invitation or password-reset link.
 *
 *     node src/cli/create-staff-link.ts --email owner@senja.example
 */
const usage = 'usage: create-staff-link --email <address of a staff member>';

await withService('create-staff-link', usage, async (service) => {
  const { values } = parseArgs({ options: { email: { type: 'string' } } });
  const email = emailSchema.safeParse(values.email);
  if (!email.success) return { faults: ['email: must be the address of a staff member'] };
  const { purpose, link, expiresAt } = await createStaffLink(service, { email: email.data });
  return { lines: [`${purpose} link, until ${expiresAt.toISOString()}:`, link] };
});
