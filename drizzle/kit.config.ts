import type { Config } from 'drizzle-kit';

/** For `npm run db:new` and the check of the journal in `npm run check`. Paths are from the root of the repository. */
export default {
  dialect: 'postgresql',
  schema: './src/**/tables.ts',
  out: './drizzle',
} satisfies Config;
