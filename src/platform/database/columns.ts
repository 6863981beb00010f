import { bigint, customType, timestamp } from 'drizzle-orm/pg-core';

/** The column types that every room uses. */

/** A moment. Postgres keeps microseconds; a Date has milliseconds. */
export const time = (name: string) => timestamp(name, { withTimezone: true });

/** Raw bytes: hashes, codes. */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** Money in minor units; `amountMax` is far below what a number holds exactly. */
export const amount = (name: string) => bigint(name, { mode: 'number' });
