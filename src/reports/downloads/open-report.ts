import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { serviceUnavailable } from '../../platform/errors.ts';
import { linkExpired, reportExpired, reportNotFound, reportNotReady } from '../errors.ts';
import type { FileStorage } from '../../platform/files/storage.ts';
import { fileExtension, fileKey } from '../file-key.ts';
import { ownReport } from '../requests/queries.ts';
import type { Report } from '../tables.ts';
import type { DownloadGate } from './download-gate.ts';
import { type ReportReader, dayOfReport, findReader } from './queries.ts';
import { readReportToken } from './report-link.ts';

export type OpenReportDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly fileStorage: FileStorage;
  readonly downloadGate: DownloadGate;
  readonly config: { readonly HASH_SECRET: string };
};

export type OpenedReport = {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly pieces: ReadableStream<Uint8Array>;
};

const contentTypes: Readonly<Record<ReturnType<typeof fileExtension>, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * Opens the file of a report for a member or API key. The audit log records who downloaded the data.
 * @throws DomainError report.not_found, report.not_ready, report.expired, service.busy, service.unavailable (the
 * storage is down)
 */
export async function openReport(deps: OpenReportDeps, reader: ReportReader, reportId: string): Promise<OpenedReport> {
  const report = await ownReport(deps.db, reader.organizerId, reportId);
  refuseWithoutFile(report);
  const name = fileName(report, await dayOfReport(deps.db, report.id));
  let bytes = 0;
  const pieces = await deps.downloadGate.stream(reader.organizerId, async () => {
    const file = await deps.fileStorage.open(fileKey(report, report.run)).catch((error: unknown) => {
      throw serviceUnavailable(error);
    });
    if (file === undefined) throw reportExpired();
    bytes = file.bytes;
    try {
      const entry = { actor: reader, act: 'report.downloaded', subjectId: report.id };
      await transaction(deps.db, (tx) => writeAudit(tx, entry));
    } catch (error) {
      await file.pieces.cancel();
      throw error;
    }
    return file.pieces;
  });
  return { name, contentType: contentTypes[fileExtension(report.format)], bytes, pieces };
}

/**
 * Opens the file for the holder of a link, while the member or API key that it was made for may still read reports.
 * @throws DomainError report.link_expired, and the errors of `openReport`
 */
export async function openLinkedReport(deps: OpenReportDeps, token: string): Promise<OpenedReport> {
  const link = readReportToken(deps.config.HASH_SECRET, token);
  if (link === undefined) throw reportNotFound();
  if (link.expiresAt.getTime() <= deps.clock.now().getTime()) throw linkExpired();
  const reader = await findReader(deps.db, link.actorId);
  if (reader === undefined) throw reportNotFound();
  return openReport(deps, reader, link.reportId);
}

/** @throws DomainError report.not_ready, report.expired */
export function refuseWithoutFile({ status }: Pick<Report, 'status'>): void {
  if (status === 'expired') throw reportExpired();
  if (status !== 'ready') throw reportNotReady(status);
}

function fileName(report: Report, day: string): string {
  return `${report.kind}-${day}-${report.id.slice(-6)}.${fileExtension(report.format)}`;
}
