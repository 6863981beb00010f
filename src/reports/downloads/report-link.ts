import { idPatterns } from '../../platform/ids.ts';
import { readSignedText, signText } from '../../platform/text/signed-text.ts';
import { linkHours } from '../limits.ts';

const label = 'report_link.v1';

export type ReportLink = {
  readonly reportId: string;
  /** The member or API key that the link was made for. It opens the file only while they may. */
  readonly actorId: string;
  readonly expiresAt: Date;
};

/** The expiry of a link that is made now. */
export function linkExpiry(now: Date): Date {
  return new Date(Math.floor(now.getTime() / 1000 + linkHours * 3600) * 1000);
}

/** The address of the page that downloads the file. The secret is in the fragment, which no server, log or referrer sees. */
export function reportLink(config: { HASH_SECRET: string; PUBLIC_URL: string }, link: ReportLink): string {
  const payload = `${link.reportId}.${link.actorId}.${link.expiresAt.getTime() / 1000}`;
  return `${config.PUBLIC_URL}/desk/report#token=${signText(config.HASH_SECRET, label, payload)}`;
}

/** The content of a token, even of an expired one; undefined for a token that we did not make. */
export function readReportToken(hashSecret: string, token: string): ReportLink | undefined {
  const [reportId = '', actorId = '', seconds = ''] = (readSignedText(hashSecret, label, token) ?? '').split('.');
  if (!idPatterns.plain.test(reportId) || !idPatterns.plain.test(actorId) || !/^\d{1,11}$/.test(seconds))
    return undefined;
  return { reportId, actorId, expiresAt: new Date(Number(seconds) * 1000) };
}
