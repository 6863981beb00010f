import { and, eq } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import type { Invalidations } from '../../platform/invalidation/invalidations.ts';
import { createRowCache } from '../../platform/invalidation/row-cache.ts';
import type { WhatsappMessage } from '../channel.ts';
import { messageTexts } from '../tables.ts';
import { definitionOf } from './catalog.ts';
import { filledText } from './check-text.ts';

const textsKeptMax = 1000;
const textsKeptMs = 5000;

export type RenderText = (organizerId: string, message: WhatsappMessage) => Promise<string>;

/** Writes a message as text, for senders without templates: in the organiser's own words, or in ours. */
export function createRenderText(deps: { db: Db; publicUrl: string; invalidations: Invalidations }): RenderText {
  const { db, publicUrl, invalidations } = deps;
  const own = createRowCache<string | undefined>({
    invalidations,
    kind: 'message_texts',
    max: textsKeptMax,
    keptMs: textsKeptMs,
    idOf: (key) => key.split(' ')[0],
  });
  return async (organizerId, message) => {
    const key = `${organizerId} ${message.template} ${message.locale}`;
    const body = await own.get(key, () => findOwnText(db, organizerId, message));
    const definition = definitionOf(message.template);
    const values = Object.fromEntries(
      definition.parameters.map((name, index) => [name, message.bodyParameters[index] ?? '']),
    );
    const link = definition.button === 'link' ? `${publicUrl}/orders/${message.buttonSuffix ?? ''}` : '';
    return filledText(body ?? definition.texts[message.locale], { ...values, link });
  };
}

async function findOwnText(db: Db, organizerId: string, message: WhatsappMessage): Promise<string | undefined> {
  const [row] = await db
    .select({ body: messageTexts.body })
    .from(messageTexts)
    .where(
      and(
        eq(messageTexts.organizerId, organizerId),
        eq(messageTexts.template, message.template),
        eq(messageTexts.locale, message.locale),
      ),
    );
  return row?.body;
}
