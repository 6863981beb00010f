import type postgres from 'postgres';

type PlanNode = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
};

const keyColumns =
  /\b(id|order_id|attempt_id|ticket_id|code|account_key|place_index|counter_key|scan_id|posting|subject_id)\b[")]* = /;

/** Parts of a statement's generic plan that read one of these tables by less than a full key, or from end to end. */
export async function faultsOfPlan(sql: postgres.Sql, query: string, tables: readonly string[]): Promise<string[]> {
  // Two values must be literals: the unit of `extract`, and the length in an index's expression.
  const text = query
    .replaceAll(/extract\(\$\d+ from/g, 'extract(epoch from')
    .replaceAll(/right\(([\w."]+), \$\d+\)/g, 'right($1, 10)');
  const faults: string[] = [];
  const walk = (node: PlanNode) => {
    const { 'Node Type': kind, 'Relation Name': table = '', 'Index Cond': condition = '', Filter: left = '' } = node;
    if (tables.includes(table) && kind.endsWith('Scan')) {
      // An index without a condition is read from end to end, too.
      const isWhole = condition === '' && kind !== 'Tid Scan';
      if (isWhole || (keyColumns.test(left) && !keyColumns.test(condition))) {
        faults.push(
          `${isWhole ? 'whole ' : ''}${kind} of ${table} by ${node['Index Name'] ?? 'nothing'} ${condition}, then ${left}`,
        );
      }
    }
    for (const child of node.Plans ?? []) walk(child);
  };
  walk(await planOf(sql, `explain (generic_plan, format json) ${text}`));
  return faults;
}

type Kept = { readonly name: string; readonly settings: readonly string[]; readonly text: string };

/** The statements of the functions in plain SQL whose plans are kept, with their settings, and their parameters as numbers. */
export async function keptStatements(sql: postgres.Sql): Promise<readonly Kept[]> {
  const functions = await sql<{ name: string; settings: string[]; source: string; names: string[]; types: string[] }[]>`
    select p.proname as name, p.proconfig as settings, p.prosrc as source, p.proargnames as names,
      (select array_agg(format_type(t.type, null) order by t.n) from unnest(p.proargtypes::oid[]) with ordinality as t(type, n)) as types
    from pg_proc p join pg_language l on l.oid = p.prolang
    where l.lanname = 'sql' and p.pronamespace = 'public'::regnamespace
      and 'plan_cache_mode=force_generic_plan' = any (p.proconfig)`;
  return functions.flatMap(({ name, settings, source, names, types }) => {
    const numbered = types.reduce(
      (text, type, index) => text.replaceAll(new RegExp(`\\b${names[index]}\\b`, 'g'), `$${index + 1}::${type}`),
      source.replaceAll(/--.*$/gm, ''),
    );
    const statements = numbered.split(';').filter((text) => text.trim() !== '');
    return statements.map((text) => ({ name, settings, text }));
  });
}

/** Pages that one look-up of an order by its key reads. */
export async function pagesOf(sql: postgres.Sql, eventId: string, id: string): Promise<number> {
  const plan = await planOf(
    sql,
    `explain (analyze, buffers, format json) select * from orders where event_id = '${eventId}' and id = '${id}'`,
  );
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
}

async function planOf(sql: postgres.Sql, statement: string): Promise<PlanNode> {
  const [row] = await sql.unsafe<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }[]>(statement);
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  if (plan === undefined) throw new Error('Postgres did not explain the statement');
  return plan;
}
