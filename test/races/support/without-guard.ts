import postgres from 'postgres';

/** One place in a function's text, and its replacement without the guard. */
export type Edit = readonly [guard: string | RegExp, instead: string];

/**
 * Installs a function of the database again, without a guard: the control of a race. If the guard is not found any
 * more, because the function was changed, it fails instead of giving a control that controls nothing.
 */
export async function withoutGuard(directUrl: string, name: string, edits: readonly Edit[]): Promise<void> {
  await asOwner(directUrl, async (sql) => {
    const [row] = await sql<{ text: string }[]>`select pg_get_functiondef(${name}::regproc) as text`;
    let text = row?.text ?? '';
    for (const [guard, instead] of edits) {
      const changed = text.replace(guard, instead);
      if (changed === text) throw new Error(`${name} has no such guard: ${guard}`);
      text = changed;
    }
    await sql.unsafe(text);
  });
}

/** Takes away the second line of defence, so that a control shows what the first one prevents. */
export async function withoutConstraints(
  directUrl: string,
  table: string,
  constraints: readonly string[],
): Promise<void> {
  await asOwner(directUrl, async (sql) => {
    for (const name of constraints) await sql.unsafe(`alter table ${table} drop constraint ${name}`);
  });
}

export async function withoutIndex(directUrl: string, index: string): Promise<void> {
  await asOwner(directUrl, (sql) => sql.unsafe(`drop index ${index}`));
}

async function asOwner(directUrl: string, act: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(directUrl, { max: 1, onnotice: () => {} });
  try {
    await act(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The guards of `place_orders`: the event's lane and the stock rows, taken before anything is read. */
export const placementLocks: readonly Edit[] = [
  ['perform enter_lane(p_event_id);', ''],
  [
    'where s.event_id = p_event_id order by s.pool_id for update) s;',
    'where s.event_id = p_event_id order by s.pool_id) s;',
  ],
];

/** What else would stop two placements that both found no counter. */
export const withoutCounterKey = (directUrl: string): Promise<void> =>
  withoutConstraints(directUrl, 'limit_counters', ['limit_counters_pkey']);

/**
 * Keeps the window between reading and writing open, which otherwise is a matter of luck. Refused orders do not wait.
 */
export const slowDecision: Edit = [
  'update stock s\n    set available',
  'perform pg_sleep(0.15) where 0 < any (v_pool_held);\n  update stock s\n    set available',
];
