import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';

/**
 * Guards that an attacker with the service's database role can read and write rows, and do nothing else to the server.
 */

let database: TestDatabase;
let app: postgres.Sql;
let owner: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  app = postgres(database.url, { max: 1, prepare: false, onnotice: () => {} });
  owner = postgres(database.directUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await Promise.all([app.end(), owner.end()]);
  await database.close();
});

/** Undefined if Postgres obeyed. Nothing stays done. */
async function refusalOf(role: postgres.Sql, statement: string): Promise<string | undefined> {
  const asked = role.begin(async (tx) => {
    await tx.unsafe(statement).simple();
    throw new Error('it was done');
  });
  const error: unknown = await asked.catch((reason: unknown) => reason);
  return error instanceof postgres.PostgresError ? error.code : undefined;
}

const insufficientPrivilege = '42501';
const ofTables = {
  'drops a table': 'drop table orders cascade',
  'empties a table': 'truncate orders cascade',
  'changes a table': 'alter table orders add column free boolean',
  'turns triggers off': 'alter table orders disable trigger user',
  'makes a table': 'create table taken (id int)',
  'changes what a function does': 'alter function place_orders rename to place_nothing',
  'grants its rights to all': 'alter default privileges for role antre_owner grant all on tables to public',
  'removes lines of the audit log': 'delete from audit_log',
  'changes lines of the audit log': 'update audit_log set organizer_id = organizer_id',
  'hides a migration': 'delete from drizzle.__drizzle_migrations',
};
const ofTheServer = {
  'runs a program': "copy (select 1) to program 'id'",
  'reads a file by a program': "create temp table t (line text); copy t from program 'cat /etc/passwd'",
  'writes a file': "copy (select 1) to '/tmp/taken'",
  'reads a file': "select pg_read_file('/etc/passwd')",
  'reads a file as a large object': "select lo_import('/etc/passwd')",
  'lists a folder': "select pg_ls_dir('/')",
  'reads password hashes': 'select rolpassword from pg_authid',
  'becomes the superuser': 'set session authorization postgres',
  'makes itself a superuser': 'alter role antre_app superuser',
  'gives itself the rights of the server': 'grant pg_execute_server_program to antre_app',
  'switches constraints off': 'set session_replication_role = replica',
  'loads a library': "load '/tmp/taken.so'",
  'adds a language': 'create extension plpython3u',
  'loads changed settings of the server': 'select pg_reload_conf()',
};

describe('the role of the service', () => {
  test('reads and writes rows', async () => {
    expect(await refusalOf(app, 'update orders set status = status; delete from outbox')).toBeUndefined();
  });

  test.each(Object.entries({ ...ofTables, ...ofTheServer }))('never %s', async (_act, statement) => {
    expect(await refusalOf(app, statement)).toBe(insufficientPrivilege);
  });

  test('does not become the owner of the tables', async () => {
    expect(await refusalOf(app, 'set role antre_owner')).toBe(insufficientPrivilege);
    expect(await refusalOf(app, 'grant antre_owner to antre_app')).toBe(insufficientPrivilege);
  });

  test('does not end the connections of others', async () => {
    const [session] = await owner`select pg_backend_pid() as pid`;
    expect(await refusalOf(app, `select pg_terminate_backend(${Number(session?.['pid'])})`)).toBe(
      insufficientPrivilege,
    );
  });
});

test.each(Object.entries(ofTables))('control: their owner %s', async (_act, statement) => {
  expect(await refusalOf(owner, statement)).toBeUndefined();
});

test.each(Object.entries(ofTheServer))('not even the owner of the tables %s', async (_act, statement) => {
  expect(await refusalOf(owner, statement)).toBe(insufficientPrivilege);
});
