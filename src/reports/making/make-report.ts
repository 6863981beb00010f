import { isUnavailable, sqlState, violatedConstraint } from '../../platform/database/db-errors.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import type { ReadSource } from '../../platform/database/replica.ts';
import type { Log } from '../../platform/log.ts';
import type { FileStorage } from '../../platform/files/storage.ts';
import { fileKey } from '../file-key.ts';
import { leaseSeconds, renewEveryMs, rowsMax, tooManyRows } from '../limits.ts';
import { reportRows, reportRuns, reportSeconds } from '../metrics.ts';
import { csvFile } from './csv-file.ts';
import { kinds } from './kinds/kinds.ts';
import { type Claim, claimNext, giveBack, markReady, renewLease, stageNext } from './queries.ts';
import { type Cell, type OutputColumn, outputColumns, readRows } from './read-rows.ts';
import { xlsxFile } from './xlsx-file.ts';

export type MakeReportDeps = {
  readonly db: Db;
  /** The replica if there is one. It has a pool of its own, so that a report takes no connection from other jobs. */
  readonly reportSource: ReadSource;
  readonly fileStorage: FileStorage;
  readonly log: Log;
  readonly notifyRequester: NotifyRequester;
};

/** Queues the mail to the member who waits for the report, in the transaction that ends it. */
export type NotifyRequester = (
  tx: Db,
  template: 'report_ready' | 'report_failed',
  report: { readonly id: string; readonly organizerId: string; readonly memberId: string },
) => Promise<void>;

class ReportLost extends Error {
  readonly code = 'report_lost';
}
class TooManyRows extends Error {
  readonly code = tooManyRows;
}

/**
 * Makes the organizer's next report, if one waits and none is being made. The file becomes visible, and its mail is
 * queued, in one transaction at the end. If the worker dies before, another worker begins the report again.
 * @throws if the report could not be made and may be tried again
 */
export async function makeNextReport(
  deps: MakeReportDeps,
  { organizerId }: { organizerId: string },
  signal: AbortSignal,
): Promise<void> {
  const claim = await claimNext(deps.db, organizerId).catch((error: unknown) => {
    if (violatedConstraint(error) === 'reports_one_making') return undefined;
    throw error;
  });
  if (claim === undefined) return;
  const count = (result: 'ready' | 'again' | 'failed' | 'lost') =>
    reportRuns.inc({ kind: claim.kind, format: claim.format, result });
  try {
    const file = await writeFile(deps, claim, signal);
    if (!(await finish(deps, claim, file))) throw new ReportLost();
    count('ready');
    reportRows.inc({ kind: claim.kind }, file.rows);
    const milliseconds = claim.startedAt.getTime() - claim.createdAt.getTime() + file.milliseconds;
    reportSeconds.observe({ kind: claim.kind, format: claim.format }, milliseconds / 1000);
  } catch (error) {
    const left = error instanceof ReportLost ? undefined : await endRun(deps, claim, error);
    count(left === undefined ? 'lost' : left === 'failed' ? 'failed' : 'again');
    if (left === undefined) return;
    deps.log[left === 'failed' ? 'error' : 'warn'](
      { err: error, reportId: claim.id, run: claim.run },
      'a report failed',
    );
    if (left === 'waiting') throw error;
  }
}

type WrittenFile = { readonly rows: number; readonly bytes: number; readonly milliseconds: number };

/** Writes the file while a timer renews the lease. The write ends as soon as the worker loses the report. */
async function writeFile(deps: MakeReportDeps, claim: Claim, signal: AbortSignal): Promise<WrittenFile> {
  const started = performance.now();
  const lost = new AbortController();
  let rows = 0;
  let renewedAt = started;
  let renewing = false;
  const renew = async (): Promise<void> => {
    try {
      if (await renewLease(deps.db, claim, rows)) renewedAt = performance.now();
      else lost.abort(new ReportLost());
    } catch (error) {
      // After this, another worker may have begun. Until then Postgres may come back.
      if (performance.now() - renewedAt > (leaseSeconds * 1000) / 2) lost.abort(error);
    }
  };
  const timer = setInterval(() => {
    if (renewing) return;
    renewing = true;
    void renew().finally(() => {
      renewing = false;
    });
  }, renewEveryMs);
  const ended = AbortSignal.any([signal, lost.signal]);
  const counted = async function* (): AsyncGenerator<Cell[][], void> {
    for await (const page of readRows(deps.reportSource, claim, claim.startedAt)) {
      ended.throwIfAborted();
      rows += page.length;
      if (rows > rowsMax) throw new TooManyRows();
      yield page;
    }
  };
  try {
    const columns = outputColumns(kinds[claim.kind]);
    const pieces = piecesOf(claim, columns, counted());
    const bytes = await deps.fileStorage.write(fileKey(claim, claim.run), pieces, ended);
    return { rows, bytes, milliseconds: performance.now() - started };
  } catch (error) {
    // A stream may hide the reason why it was ended.
    ended.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function piecesOf({ kind, format }: Claim, columns: readonly OutputColumn[], pages: AsyncIterable<Cell[][]>) {
  if (format === 'xlsx') return xlsxFile(kind, columns, pages);
  return csvFile(columns, pages, format === 'csv_semicolon' ? ';' : ',');
}

async function finish(deps: MakeReportDeps, claim: Claim, file: WrittenFile): Promise<boolean> {
  return transaction(deps.db, async (tx) => {
    if (!(await markReady(tx, claim, file))) return false;
    const { memberId } = claim;
    if (memberId !== null) await deps.notifyRequester(tx, 'report_ready', { ...claim, memberId });
    await stageNext(tx, claim.organizerId);
    return true;
  });
}

/** Records the failure of a run. While Postgres is down its lease runs out, and another worker begins again. */
async function endRun(deps: MakeReportDeps, claim: Claim, error: unknown): Promise<'waiting' | 'failed' | undefined> {
  const failure = isUnavailable(error) ? 'database' : (sqlState(error) ?? 'file');
  return transaction(deps.db, async (tx) => {
    const left = await giveBack(tx, claim, { failure, isFinal: error instanceof TooManyRows });
    if (left !== 'failed') return left;
    const { memberId } = claim;
    if (memberId !== null) await deps.notifyRequester(tx, 'report_failed', { ...claim, memberId });
    await stageNext(tx, claim.organizerId);
    return left;
  });
}
