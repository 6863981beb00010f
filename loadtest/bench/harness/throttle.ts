import type { BenchStack } from './stack.ts';

/**
 * Makes Postgres wait this long for each placed order, inside the event's lane. The dependency then has a known capacity on
 * every machine. The work itself follows unchanged after the wait.
 */
export async function throttlePlacement(stack: BenchStack, millisecondsPerOrder: number): Promise<void> {
  await stack.asSuperuser(async (sql) => {
    const [placed] = await sql<{ name: string; takes: string; gives: string; count: number }[]>`
      select p.oid::regprocedure::text as name, pg_get_function_arguments(p.oid) as takes,
             pg_get_function_result(p.oid) as gives, p.pronargs::integer as count
      from pg_proc p where p.proname = 'place_orders'`;
    if (placed === undefined) throw new Error('there is no function place_orders to throttle');
    const given = Array.from({ length: placed.count }, (_, index) => `$${index + 1}`).join(', ');
    await sql.unsafe(`
      alter function ${placed.name} rename to place_orders_unthrottled;
      create function place_orders(${placed.takes}) returns ${placed.gives} language plpgsql as $throttled$
      #variable_conflict use_column
      begin
        perform enter_lane(p_event_id);
        perform pg_sleep(cardinality(p_ids) * ${millisecondsPerOrder / 1000});
        return query select * from place_orders_unthrottled(${given});
      end $throttled$;`);
  });
}

export async function releasePlacement(stack: BenchStack): Promise<void> {
  await stack.asSuperuser(async (sql) => {
    const [throttled] = await sql<{ name: string; inner: string }[]>`
      select (select oid::regprocedure::text from pg_proc where proname = 'place_orders') as name,
             (select oid::regprocedure::text from pg_proc where proname = 'place_orders_unthrottled') as inner`;
    if (throttled === undefined) return;
    await sql.unsafe(`drop function ${throttled.name}; alter function ${throttled.inner} rename to place_orders;`);
  });
}
