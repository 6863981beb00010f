import postgres from 'postgres';

/** The roles of the product and their passwords. */
export interface ProductRoles {
  readonly ownerPassword: string;
  readonly appPassword: string;
}

/**
 * Creates the roles `antre_owner` (owns the database, runs migrations) and `antre_app` (the API and the workers), and an empty
 * database of the given name, where they are missing. Migrations grant access to the tables.
 * @param adminUrl the superuser's address of a database, by name
 */
export async function provisionDatabase(
  adminUrl: (database: string) => string,
  database: string,
  roles: ProductRoles,
): Promise<void> {
  await withConnection(adminUrl('postgres'), async (sql) => {
    await sql.unsafe(roleStatements(roles)).simple();
    const [found] = await sql`select 1 from pg_database where datname = ${database}`;
    if (!found) await sql`create database ${sql(database)} owner antre_owner template template0`;
  });
  await withConnection(adminUrl(database), async (sql) => {
    // Not a trusted extension, so the owner cannot create it in a migration.
    await sql`create extension if not exists pg_stat_statements`;
    await sql`grant execute on function pg_stat_statements_reset to antre_owner`;
  });
}

function roleStatements({ ownerPassword, appPassword }: ProductRoles): string {
  // Migrations set timeouts on antre_app: the owner needs createrole and the admin option for that.
  return `
    do $$ begin
      if not exists (select from pg_roles where rolname = 'antre_app') then create role antre_app; end if;
      if not exists (select from pg_roles where rolname = 'antre_owner') then create role antre_owner; end if;
    end $$;
    alter role antre_app login nosuperuser nocreatedb nocreaterole password ${quote(appPassword)};
    alter role antre_owner login nosuperuser nocreatedb createrole password ${quote(ownerPassword)};
    grant antre_app to antre_owner with admin option;
    -- It sees the statements of antre_app in pg_stat_statements (npm run sql:top).
    grant pg_read_all_stats to antre_owner;`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A busy machine may give a new server its first processor time after many seconds, and nobody but this start waits for it. */
const connectWithinSeconds = 30;

async function withConnection(url: string, act: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: connectWithinSeconds, onnotice: () => {} });
  try {
    await act(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
