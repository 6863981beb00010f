import type { Announcement } from './tables.ts';

/** An announcement as the organiser sees it. */
export function presentAnnouncement(row: Announcement) {
  return {
    id: row.id,
    eventId: row.eventId,
    kind: row.kind,
    status: row.status,
    channels: row.channels,
    audience: row.audience,
    content: row.content,
    recipients: { email: row.recipientsEmail, whatsapp: row.recipientsWhatsapp },
    createdAt: row.createdAt.toISOString(),
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
