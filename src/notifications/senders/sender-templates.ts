import { and, asc, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { callProvider } from '../channels/whatsapp/call.ts';
import { cloudCredentials } from '../channels/whatsapp/cloud/send.ts';
import { senderNotFound } from '../errors.ts';
import { definitionOf, messageNames } from '../message-texts/catalog.ts';
import { templatePolls } from '../metrics.ts';
import { type Sender, senderTemplates, senders } from '../tables.ts';
import { openSenderCredentials } from './sender-credentials.ts';

/** Senders whose templates one run of the job reads. The next run reads the others. */
const sendersPerRunMax = 20;
const checkMinutes = 10;
const templatesPerPage = 100;
const pagesMax = 10;

/** A template as Meta has it, with Meta's id and the text of its body. */
export type ListedTemplate = Omit<typeof senderTemplates.$inferInsert, 'senderId' | 'checkedAt'> & {
  readonly metaId?: string | undefined;
  readonly text?: string | undefined;
};

export type PollDeps = {
  readonly db: Db;
  readonly config: Pick<Config, 'ENCRYPTION_KEY' | 'PUBLIC_URL' | 'WHATSAPP_GRAPH_URL' | 'WHATSAPP_GRAPH_VERSION'>;
};

/** Our own state, besides those of Meta, for a template that Meta rejected on submission. */
export const notSubmitted = 'NOT_SUBMITTED';

/**
 * Meta's last known states of the templates that our messages use.
 * @throws DomainError sender.not_found
 */
export async function listSenderTemplates(
  deps: { db: Db },
  { organizerId, senderId }: { organizerId: string; senderId: string },
) {
  const [sender] = await deps.db
    .select({ checkedAt: senders.templatesCheckedAt })
    .from(senders)
    .where(and(eq(senders.id, senderId), eq(senders.organizerId, organizerId)));
  if (sender === undefined) throw senderNotFound();
  const rows = await deps.db
    .select()
    .from(senderTemplates)
    .where(eq(senderTemplates.senderId, senderId))
    .orderBy(asc(senderTemplates.name), asc(senderTemplates.language));
  return {
    checkedAt: sender.checkedAt?.toISOString() ?? null,
    data: rows.map(({ name, language, status, reason, parameters }) => ({
      name,
      language,
      status,
      reason,
      isSent: status === 'APPROVED' && (parameters ?? parametersOf(name)) === parametersOf(name),
    })),
    nextCursor: null,
  };
}

/** How many variables our message of this name fills in; undefined for a template that is not ours. */
function parametersOf(name: string): number | undefined {
  const known = messageNames.find((message) => message === name);
  return known === undefined ? undefined : definitionOf(known).parameters.length;
}

/**
 * Reads the state of templates from Meta, for the senders that were read longest ago. A failed one keeps its known
 * state and is read again in the next round.
 * @throws the first fault, after the other senders are read
 */
export async function pollTemplates(
  deps: Omit<PollDeps, 'config'> & { log: Log; config: Omit<PollDeps['config'], 'PUBLIC_URL'> },
  signal: AbortSignal,
): Promise<void> {
  const due = await rowsOf<{ id: string }>(
    deps.db,
    sql`
      update senders set templates_checked_at = now() where id in (
        select id from senders where kind = 'whatsapp_cloud' and business_account_id is not null and status <> 'disabled'
          and (templates_checked_at is null or templates_checked_at <= now() - make_interval(mins => ${checkMinutes}))
        order by templates_checked_at nulls first limit ${sendersPerRunMax} for update skip locked)
      returning id`,
  );
  await eachInTurn(
    due,
    async ({ id }) => {
      if (!signal.aborted) await pollSender(deps, id, signal);
    },
    // For example because its credentials cannot be opened any more.
    (error, { id }) => deps.log.error({ err: error, senderId: id }, 'the templates of a sender were not read'),
  );
}

async function pollSender(
  { db, log, config }: Parameters<typeof pollTemplates>[0],
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const [sender] = await db.select().from(senders).where(eq(senders.id, id));
  if (sender === undefined) return;
  const listed = await readTemplates(config, sender, signal);
  templatePolls.inc({ result: 'failure' in listed ? 'failed' : 'read' });
  if ('failure' in listed) log.warn({ senderId: id, failure: listed.failure }, 'templates could not be read from Meta');
  else await keepTemplates(db, id, listed.templates);
}

const pageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string().max(100).optional(),
      name: z.string().max(512),
      language: z.string().max(20),
      status: z.string().max(40),
      rejected_reason: z.string().max(200).nullish(),
      components: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).optional(),
    }),
  ),
  paging: z
    .object({ cursors: z.object({ after: z.string().max(1000).optional() }).optional(), next: z.string().optional() })
    .optional(),
});

/** The templates at Meta that our messages use, or why they could not be read. */
export async function readTemplates(
  config: Omit<PollDeps['config'], 'PUBLIC_URL'>,
  sender: Sender,
  signal: AbortSignal,
): Promise<{ readonly templates: ListedTemplate[] } | { readonly failure: string }> {
  const { accessToken } = cloudCredentials.parse(openSenderCredentials(config.ENCRYPTION_KEY, sender));
  const templates = new Map<string, ListedTemplate>();
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = new URLSearchParams({
      fields: 'id,name,language,status,rejected_reason,components',
      limit: String(templatesPerPage),
      ...(after === undefined ? {} : { after }),
    });
    const answer = await callProvider(
      `${config.WHATSAPP_GRAPH_URL}/${config.WHATSAPP_GRAPH_VERSION}/${sender.businessAccountId ?? ''}/message_templates?${query.toString()}`,
      { method: 'GET', headers: { authorization: `Bearer ${accessToken}` }, signal, isProbe: false },
    );
    if (answer.kind !== 'answered') return { failure: answer.failure };
    const parsed = pageSchema.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) return { failure: `http_${answer.status}` };
    for (const template of parsed.data.data) {
      if (parametersOf(template.name) !== undefined) {
        templates.set(`${template.name} ${template.language}`, listedOf(template));
      }
    }
    after = parsed.data.paging?.next === undefined ? undefined : parsed.data.paging.cursors?.after;
    if (after === undefined) break;
  }
  return { templates: [...templates.values()] };
}

function listedOf({
  id,
  name,
  language,
  status,
  rejected_reason: reason,
  components,
}: z.output<typeof pageSchema>['data'][number]): ListedTemplate {
  const body = components?.find(({ type }) => type.toUpperCase() === 'BODY')?.text;
  const used = body === undefined ? undefined : new Set(body.match(/\{\{\s*\w+\s*\}\}/g) ?? []).size;
  return {
    name,
    language,
    status,
    reason: reason === undefined || reason === null || reason === 'NONE' ? null : reason,
    parameters: used ?? null,
    metaId: id,
    text: body,
  };
}

/**
 * Replaces the known state of the sender's templates. A template that Meta does not list any more is forgotten, unless
 * Meta rejected it: the reason stays until it is submitted again.
 */
export async function keepTemplates(db: Db, senderId: string, templates: readonly ListedTemplate[]): Promise<void> {
  await transaction(db, async (tx) => {
    const listed = templates.map(({ name, language, status, reason, parameters }) => ({
      senderId,
      name,
      language,
      status,
      reason,
      parameters,
    }));
    await tx
      .delete(senderTemplates)
      .where(and(eq(senderTemplates.senderId, senderId), ne(senderTemplates.status, notSubmitted)));
    if (listed.length === 0) return;
    await tx
      .insert(senderTemplates)
      .values(listed)
      .onConflictDoUpdate({
        target: [senderTemplates.senderId, senderTemplates.name, senderTemplates.language],
        set: {
          status: sql`excluded.status`,
          reason: sql`excluded.reason`,
          parameters: sql`excluded.parameters`,
          checkedAt: sql`now()`,
        },
      });
  });
}
