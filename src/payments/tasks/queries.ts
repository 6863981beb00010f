import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { sha256Hex } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { type Attempt, type Refund, type Task, tasks } from '../tables.ts';
import type { TaskKind } from '../vocabulary.ts';

type NewTask = {
  readonly kind: TaskKind;
  readonly subjectId: string;
  readonly detail: Record<string, string | number>;
};
type TaskOrder = Pick<Attempt, 'organizerId' | 'eventId' | 'orderId'>;

const rowOf = ({ organizerId, eventId, orderId }: TaskOrder, task: NewTask) => ({
  id: newId('tsk'),
  organizerId,
  eventId,
  orderId,
  ...task,
});

/**
 * Opens work for a person. The same work is named once; the same kind with another detail (another amount) is other
 * work.
 */
export async function insertTask(tx: Db, attempt: TaskOrder, task: NewTask): Promise<void> {
  await tx
    .insert(tasks)
    .values({
      ...rowOf(attempt, task),
      content: sha256Hex(JSON.stringify(Object.entries(task.detail).toSorted())),
    })
    .onConflictDoNothing();
}

/** Opens work that may return: a resolved task opens again. */
export async function reopenTask(tx: Db, attempt: TaskOrder, task: NewTask): Promise<void> {
  await tx
    .insert(tasks)
    .values(rowOf(attempt, task))
    .onConflictDoUpdate({
      target: [tasks.eventId, tasks.kind, tasks.subjectId, tasks.content],
      set: { detail: task.detail, resolvedAt: null, resolvedBy: null },
      setWhere: sql`${tasks.resolvedAt} is not null or ${tasks.detail} is distinct from excluded.detail`,
    });
}

export type TaskFilter = {
  readonly open: boolean;
  readonly eventId?: string | undefined;
  readonly kind?: TaskKind | undefined;
  readonly beforeId: string | undefined;
  readonly limit: number;
};

/** The tasks of an organizer, newest first; up to `limit` + 1. */
export async function findTasks(db: Db, organizerId: string, filter: TaskFilter): Promise<Task[]> {
  const { open, eventId, kind, beforeId, limit } = filter;
  return db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.organizerId, organizerId),
        open ? isNull(tasks.resolvedAt) : isNotNull(tasks.resolvedAt),
        eventId === undefined ? undefined : eq(tasks.eventId, eventId),
        kind === undefined ? undefined : eq(tasks.kind, kind),
        beforeId === undefined ? undefined : lt(tasks.id, beforeId),
      ),
    )
    .orderBy(desc(tasks.id))
    .limit(limit + 1);
}

export async function findTask(db: Db, organizerId: string, id: string): Promise<Task | undefined> {
  const [row] = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, id), eq(tasks.organizerId, organizerId)));
  return row;
}

/** Undefined if it was resolved before. */
export async function closeTask(tx: Db, task: Task, resolvedBy: string): Promise<Task | undefined> {
  const [row] = await tx
    .update(tasks)
    .set({ resolvedAt: sql`now()`, resolvedBy })
    .where(and(eq(tasks.id, task.id), isNull(tasks.resolvedAt)))
    .returning();
  return row;
}

/** The gateway has done what the task asked a person to do. */
export async function closeTaskOf(tx: Db, eventId: string, kind: TaskKind, subjectId: string): Promise<void> {
  await tx
    .update(tasks)
    .set({ resolvedAt: sql`now()`, resolvedBy: 'system' })
    .where(
      and(eq(tasks.eventId, eventId), eq(tasks.kind, kind), eq(tasks.subjectId, subjectId), isNull(tasks.resolvedAt)),
    );
}

/** Nobody needs to pay the refund by hand any more. */
export async function closeTasksOfRefund(tx: Db, { eventId, id }: Pick<Refund, 'eventId' | 'id'>): Promise<void> {
  await closeTaskOf(tx, eventId, 'refund_manual', id);
  await closeTaskOf(tx, eventId, 'money_taken', id);
}

/** Adds to the text of a task, without changing whether it is open. */
export async function noteOnTask(tx: Db, task: Task, note: Readonly<Record<string, string | number>>): Promise<Task> {
  const [row] = await tx
    .update(tasks)
    .set({ detail: { ...task.detail, ...note } })
    .where(eq(tasks.id, task.id))
    .returning();
  return row ?? task;
}
