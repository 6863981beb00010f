import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { notifyMember } from '../../src/notifications/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Db, rowsOf } from '../../src/platform/database/db.ts';
import { readFromPrimary } from '../../src/platform/database/replica.ts';
import { newId } from '../../src/platform/ids.ts';
import { createFileStorage } from '../../src/platform/files/create-storage.ts';
import { type MakeReportDeps, makeNextReport } from '../../src/reports/making/make-report.ts';
import { type TestOrganizer, createOrganizer, sessionTokenOf, signedInOwner } from '../factories.ts';
import { placingDeps } from '../orders/placing.ts';
import { type TestService, startTestService } from '../processes/service.ts';
import { openWorkDb, silentLog } from '../processes/worker.ts';

type Headers = Record<string, string>;

/** The whole API with an organizer, and what a worker does for reports. Files are in a folder of their own. */
export type ReportWorld = Awaited<ReturnType<typeof openReportWorld>>;

export async function openReportWorld(environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'antre-reports-'));
  const world: TestService = await startTestService({ FILES_DIR: folder, ...environment });
  const { config } = world.service;
  const open = openWorkDb(config.DATABASE_URL);
  const { db } = open;
  const organizer = await createOrganizer(db);
  const owner = await signedInOwner(db, organizer);
  const mailing = { clock: systemClock, config };
  const deps: MakeReportDeps = {
    db,
    reportSource: readFromPrimary(db),
    fileStorage: createFileStorage(config),
    log: silentLog,
    notifyRequester: (tx, template, { id, organizerId, memberId }) =>
      notifyMember(mailing, tx, { template, subjectId: id, organizerId, memberId }),
  };
  const call = async (method: string, path: string, headers: Headers, body?: unknown) => {
    const answer = await world.fetch(path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson(answer) ? JSON.parse(text) : {},
    };
  };
  const member = { authorization: `Bearer ${await sessionTokenOf(config, owner)}` };
  return {
    world,
    config,
    open,
    db,
    deps,
    placing: placingDeps(open),
    organizer,
    owner,
    /** The headers that identify the owner. */
    member,
    call,
    /** A request of the owner below the organizer's address. */
    send: (method: string, path: string, body?: unknown) =>
      call(method, `/v1/organizers/${organizer.slug}${path}`, member, body),
    /** Makes the organizer's next report, as a worker does. */
    make: (more: Partial<MakeReportDeps> = {}, signal: AbortSignal = AbortSignal.timeout(60_000)) =>
      makeNextReport({ ...deps, ...more }, { organizerId: organizer.id }, signal),
    files: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? entry.name : [],
      ),
    close: async () => {
      await open.close();
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isJson(answer: Response): boolean {
  return (answer.headers.get('content-type') ?? '').includes('json');
}

/** The headers of the organizer's program with this role. */
export async function programOf(
  world: ReportWorld,
  organizer: TestOrganizer,
  role: 'manager' | 'door',
): Promise<Headers> {
  const { text, hash } = newCredential('apiKey', world.config);
  const staff = await signedInOwner(world.db, organizer);
  await world.db.execute(sql`
    insert into api_keys (id, organizer_id, name, role, key_hash, created_by, responsible_id)
    values (${newId('key')}, ${organizer.id}, 'test', ${role}, ${hash}, ${staff.id}, ${staff.id})`);
  return { authorization: `Bearer ${text}` };
}

export async function reportStatus(world: ReportWorld, id: string) {
  const [row] = await rowsOf<{ status: string; run: number; failures: number; failure: string | null; rows: number }>(
    world.db,
    sql`select status, run, failures, failure, rows::integer as rows from reports where id = ${id}`,
  );
  return row;
}

export function auditOf(world: ReportWorld, subjectId: string): Promise<string[]> {
  return rowsOf<{ act: string }>(
    world.db,
    sql`select act from audit_log where subject_id = ${subjectId} order by id`,
  ).then((rows) => rows.map(({ act }) => act));
}

/** Jobs that wait for the relay, by name. */
export async function stagedCount(db: Db, name: string): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::integer as count from outbox where name = ${name}`,
  );
  return row?.count ?? 0;
}

/** A CSV file as a spreadsheet with this list separator reads it (RFC 4180): each line by the names of the header. */
export function readCsv(text: string, separator: ',' | ';' = ','): Record<string, string>[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const fields = new RegExp(`("(?:[^"]|"")*"|[^${separator}\\r\\n]*)(${separator}|\\r\\n)`, 'g');
  for (const match of text.replace(/^\uFEFF/, '').matchAll(fields)) {
    const [, field = '', end] = match;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  const [header = [], ...lines] = rows;
  return lines.map((line) => Object.fromEntries(header.map((name, index) => [name, line[index] ?? ''])));
}
