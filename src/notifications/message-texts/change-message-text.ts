import { and, eq, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { messageTexts } from '../tables.ts';
import { type MessageName, definitionOf, messageNames, variablesOf } from './catalog.ts';
import { faultsOfText } from './check-text.ts';

type Locale = 'id' | 'en';
type TextRef = { readonly template: MessageName; readonly locale: Locale };

const locales: readonly Locale[] = ['id', 'en'];

/** All messages in both languages: the organiser's own text, or the one of the service. */
export async function listMessageTexts(db: Db, organizerId: string) {
  const rows = await db.select().from(messageTexts).where(eq(messageTexts.organizerId, organizerId));
  return messageNames.flatMap((template) =>
    locales.map((locale) =>
      presentText(
        { template, locale },
        rows.find((row) => row.template === template && row.locale === locale),
      ),
    ),
  );
}

/**
 * Sets an organiser's own text of a message.
 * @throws DomainError request.invalid with `text.unknown_variable`, `text.missing_variable`, `text.broken_variable`
 */
export async function changeMessageText(
  deps: { db: Db },
  { actor, template, locale, body }: TextRef & { actor: Actor; body: string },
) {
  const faults = faultsOfText(template, body);
  if (faults.length > 0)
    throw requestInvalid(faults.map(({ code, parameters }) => inputFault('body', code, parameters)));
  return transaction(deps.db, async (tx) => {
    const [row] = await tx
      .insert(messageTexts)
      .values({ organizerId: actor.organizerId, template, locale, body })
      .onConflictDoUpdate({
        target: [messageTexts.organizerId, messageTexts.template, messageTexts.locale],
        set: { body, changedAt: sql`now()` },
      })
      .returning();
    await writeAudit(tx, { actor, act: 'message_text.changed', subjectId: template, changes: { locale } });
    return presentText({ template, locale }, row);
  });
}

/** Returns to the text of the service. If there is no own text, nothing changes. */
export async function resetMessageText(
  deps: { db: Db },
  { actor, template, locale }: TextRef & { actor: Actor },
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const rows = await tx
      .delete(messageTexts)
      .where(
        and(
          eq(messageTexts.organizerId, actor.organizerId),
          eq(messageTexts.template, template),
          eq(messageTexts.locale, locale),
        ),
      )
      .returning({ template: messageTexts.template });
    if (rows.length === 0) return;
    await writeAudit(tx, { actor, act: 'message_text.reset', subjectId: template, changes: { locale } });
  });
}

function presentText(
  { template, locale }: TextRef,
  own: { readonly body: string; readonly changedAt: Date } | undefined,
) {
  const { texts, required } = definitionOf(template);
  return {
    template,
    locale,
    body: own?.body ?? texts[locale],
    isOwn: own !== undefined,
    variables: variablesOf(template).map((name) => ({ name, isRequired: required.includes(name) })),
    changedAt: own?.changedAt.toISOString() ?? null,
  };
}
