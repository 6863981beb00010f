import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import type { Log } from '../../platform/log.ts';
import { callProvider } from '../channels/whatsapp/call.ts';
import { cloudCredentials } from '../channels/whatsapp/cloud/send.ts';
import { senderHasNoTemplates, senderNotFound } from '../errors.ts';
import { submitTemplatesJob } from '../jobs.ts';
import { definitionOf, messageNames } from '../message-texts/catalog.ts';
import { templateSubmissions } from '../metrics.ts';
import { type Sender, messageTexts, senderTemplates, senders } from '../tables.ts';
import { openSenderCredentials } from './sender-credentials.ts';
import { type TemplateRequest, templateRequest } from './template-request.ts';
import { type ListedTemplate, type PollDeps, keepTemplates, notSubmitted, readTemplates } from './sender-templates.ts';

const retrySeconds = 60;
/** States in which Meta accepts another text of a template. */
const editable = new Set(['APPROVED', 'REJECTED', 'PAUSED']);

/**
 * Requests that the texts of all messages are submitted to Meta for this sender. A job does it; Meta's answer is shown
 * with the templates.
 * @throws DomainError sender.not_found, sender.no_templates
 */
export async function requestTemplateSubmission(
  deps: { readonly db: Db },
  { actor, senderId }: { actor: Actor; senderId: string },
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const [sender] = await tx
      .select()
      .from(senders)
      .where(
        and(eq(senders.id, senderId), eq(senders.organizerId, actor.organizerId), sql`${senders.status} <> 'disabled'`),
      )
      .for('no key update');
    if (sender === undefined) throw senderNotFound();
    if (sender.kind !== 'whatsapp_cloud' || sender.businessAccountId === null) throw senderHasNoTemplates();
    await stage(tx, submitTemplatesJob, { senderId });
    await writeAudit(tx, { actor, act: 'sender.templates_submitted', subjectId: senderId });
  });
}

/**
 * Submits the templates that Meta does not have yet, and changed texts. Safe to repeat: it starts with the state at
 * Meta. Then the states are read again.
 * @throws RetryLater if Meta does not answer
 */
export async function submitTemplates(
  deps: PollDeps & { readonly log: Log },
  { senderId }: { senderId: string },
  signal: AbortSignal,
): Promise<void> {
  const [sender] = await deps.db.select().from(senders).where(eq(senders.id, senderId));
  if (sender === undefined || sender.businessAccountId === null || sender.status === 'disabled') return;
  const before = await readTemplates(deps.config, sender, signal);
  if ('failure' in before) throw new RetryLater(retrySeconds, before.failure);
  const own = await deps.db
    .select()
    .from(messageTexts)
    .where(eq(messageTexts.organizerId, sender.organizerId ?? ''));
  const failures: ListedTemplate[] = [];
  for (const name of messageNames) {
    for (const language of ['id', 'en'] as const) {
      signal.throwIfAborted();
      const ownText = own.find((row) => row.template === name && row.locale === language)?.body;
      const text = ownText ?? definitionOf(name).texts[language];
      const request = templateRequest(deps.config, { name, language, text });
      const known = before.templates.find((template) => template.name === name && template.language === language);
      const reason =
        'missing' in request
          ? `text.missing_variable ${request.missing}`
          : isToSubmit(request, known, ownText !== undefined)
            ? await submit(deps, sender, { request, known, signal })
            : undefined;
      if (reason === undefined) continue;
      templateSubmissions.inc({ result: 'refused' });
      failures.push({ name, language, status: notSubmitted, reason, parameters: null });
    }
  }
  if (failures.length > 0)
    deps.log.warn({ senderId, templates: failures.length }, 'templates were not accepted by Meta');
  const after = await readTemplates(deps.config, sender, signal);
  if ('failure' in after) throw new RetryLater(retrySeconds, after.failure);
  await transaction(deps.db, async (tx) => {
    await tx
      .delete(senderTemplates)
      .where(and(eq(senderTemplates.senderId, senderId), eq(senderTemplates.status, notSubmitted)));
    await keepTemplates(tx, senderId, after.templates);
    if (failures.length === 0) return;
    await tx
      .insert(senderTemplates)
      .values(failures.map((failure) => ({ ...failure, senderId })))
      // If Meta rejects a text, the template in use stays.
      .onConflictDoNothing();
  });
}

const refused = z.object({
  error: z.object({
    code: z.int(),
    error_subcode: z.int().optional(),
    error_user_title: z.string().max(300).optional(),
  }),
});

/**
 * Whether to submit this text to Meta. An approved template whose text changes is reviewed again and not sent
 * meanwhile, so it is left alone, unless the organiser wrote a text of its own here or our message has other variables.
 */
function isToSubmit(request: TemplateRequest, known: ListedTemplate | undefined, isOwn: boolean): boolean {
  if (known === undefined) return true;
  if (request.category === 'AUTHENTICATION' || known.text === bodyOf(request) || !editable.has(known.status))
    return false;
  return isOwn || known.status === 'REJECTED' || known.parameters !== definitionOf(request.name).parameters.length;
}

/**
 * Creates a template, or changes the text of Meta's.
 * @returns why Meta rejected it; undefined if it was accepted
 * @throws RetryLater if Meta does not answer, or asks to wait
 */
async function submit(
  { config }: PollDeps,
  sender: Sender,
  { request, known, signal }: { request: TemplateRequest; known: ListedTemplate | undefined; signal: AbortSignal },
): Promise<string | undefined> {
  const { accessToken } = cloudCredentials.parse(openSenderCredentials(config.ENCRYPTION_KEY, sender));
  const base = `${config.WHATSAPP_GRAPH_URL}/${config.WHATSAPP_GRAPH_VERSION}`;
  const url =
    known === undefined ? `${base}/${sender.businessAccountId}/message_templates` : `${base}/${known.metaId ?? ''}`;
  const answer = await callProvider(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(known === undefined ? request : { components: request.components }),
    signal,
    isProbe: false,
  });
  if (answer.kind !== 'answered') throw new RetryLater(retrySeconds, answer.failure);
  if (answer.status === 429 || answer.status >= 500) throw new RetryLater(retrySeconds, `http_${answer.status}`);
  if (answer.status === 200) {
    templateSubmissions.inc({ result: 'taken' });
    return undefined;
  }
  const error = refused.safeParse(answer.body).data?.error;
  return error === undefined ? `http_${answer.status}` : (error.error_user_title ?? `graph_${error.code}`);
}

function bodyOf({ components }: TemplateRequest): string | null {
  const body = components.find(
    (part): part is { type: 'BODY'; text: string } =>
      typeof part === 'object' && part !== null && 'text' in part && 'type' in part && part.type === 'BODY',
  );
  return body?.text ?? null;
}
