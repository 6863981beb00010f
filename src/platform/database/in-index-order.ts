import { sql } from 'drizzle-orm';

/**
 * Set before a page of a large event is read. Postgres takes an event for a twentieth of the table ("planner" in the schema), and would
 * read all of a large one and sort it for each page.
 */
export const inIndexOrder = sql`set local enable_sort = off`;

/** Ends `inIndexOrder` for the statements that follow in the same transaction. */
export const inAnyOrder = sql`set local enable_sort = on`;
