import { and, eq, gt, sql } from 'drizzle-orm';
import { lockOrganizer } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import type { FileStorage } from '../../platform/files/storage.ts';
import { sha256Hex } from '../../platform/crypto.ts';
import { serviceUnavailable } from '../../platform/errors.ts';
import { eventChangedMeanwhile, limitReached, pictureNotFound } from '../errors.ts';
import { type ChangeDeps, type EventOfActor, changeLockedEvent } from '../events/change-locked-event.ts';
import { showOrganizerEvent } from '../events/show-event.ts';
import { pictureHashLength, picturesPerDayMax } from '../limits.ts';
import { type EventRow, updateEvent } from '../queries.ts';
import { pictures } from '../tables.ts';
import type { MadePicture } from './make-picture.ts';
import type { PictureMaker } from './picture-maker.ts';
import type { Pictures } from './pictures.ts';
import { type Focus, focusOf, pictureKey } from './sizes.ts';

export type PictureDeps = ChangeDeps & {
  readonly fileStorage: FileStorage;
  readonly pictureMaker: PictureMaker;
  readonly pictures: Pictures;
};

type PictureOfEvent = { readonly focus: Focus; readonly alt?: string | undefined };

/** All files of one picture. */
const storeMsMax = 20_000;

/**
 * Gives an event a picture: decodes it, stores it in all sizes, and shows it.
 * @param input.bytes the file as it was sent
 * @throws DomainError picture.*, service.busy, service.unavailable, catalog.limit_reached, event.not_found, event.cancelled
 */
export async function setPicture(
  deps: PictureDeps,
  input: EventOfActor & PictureOfEvent & { readonly bytes: Uint8Array },
): Promise<EventRow> {
  await showOrganizerEvent(deps, input);
  const files = await deps.pictureMaker.make({ bytes: input.bytes, focus: input.focus });
  return show(deps, input, await store(deps, input, files));
}

/**
 * Cuts the event's picture around another focus, and changes its description.
 * @throws DomainError picture.not_found, event.changed_meanwhile if the event got another picture meanwhile, service.busy,
 * service.unavailable, catalog.limit_reached, event.not_found, event.cancelled
 */
export async function changePicture(
  deps: PictureDeps,
  input: EventOfActor & { readonly focus?: Focus | undefined; readonly alt?: string | undefined },
): Promise<EventRow> {
  const event = await showOrganizerEvent(deps, input);
  const master = event.pictureId === null ? undefined : await deps.pictures.read(event.pictureId, 'master.webp');
  if (event.pictureId === null || master === undefined) throw pictureNotFound();
  const kept = { ...input, focus: input.focus ?? focusOf(event) };
  const isCutAnew = kept.focus.x !== event.pictureFocusX || kept.focus.y !== event.pictureFocusY;
  if (!isCutAnew) return show(deps, kept, event.pictureId, event.pictureId);
  const files = await deps.pictureMaker.make({ bytes: master, focus: kept.focus });
  return show(deps, kept, await store(deps, kept, files), event.pictureId);
}

/** @throws DomainError picture.not_found, event.not_found, event.cancelled */
export async function removePicture(deps: ChangeDeps, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.pictureId === null) throw pictureNotFound();
    const event = await updateEvent(tx, before, { pictureId: null, pictureAlt: '' });
    await touch(tx, before.pictureId);
    return { event, result: event, act: 'event.picture_removed', subjectId: event.id, changes: {} };
  });
}

/**
 * The row is written first. From then on the files have an owner, and `clearPictures` finds them even if nothing else
 * follows.
 */
async function store(deps: PictureDeps, { actor }: EventOfActor, files: readonly MadePicture[]): Promise<string> {
  const parts = files.map(({ file, bytes }) => `${file} ${sha256Hex(bytes)}`);
  const id = sha256Hex([actor.organizerId, ...parts].join('\n')).slice(0, pictureHashLength);
  await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const lately = and(
      eq(pictures.organizerId, actor.organizerId),
      gt(pictures.touchedAt, sql`now() - interval '1 day'`),
    );
    if ((await tx.$count(pictures, lately)) >= picturesPerDayMax)
      throw limitReached('picturesPerDayMax', picturesPerDayMax);
    await tx
      .insert(pictures)
      .values({ id, organizerId: actor.organizerId })
      .onConflictDoUpdate({ target: pictures.id, set: { touchedAt: sql`now()` } });
  });
  const signal = AbortSignal.timeout(storeMsMax);
  await Promise.all(
    files.map(({ file, bytes }) => deps.fileStorage.write(pictureKey(id, file), piecesOf(bytes), signal)),
  ).catch((error: unknown) => {
    throw serviceUnavailable(error);
  });
  return id;
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** @param cutFrom the picture that this one was made from: somebody may have replaced it while this one was made */
function show(
  deps: ChangeDeps,
  of: EventOfActor & PictureOfEvent,
  pictureId: string,
  cutFrom?: string,
): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (cutFrom !== undefined && cutFrom !== before.pictureId) throw eventChangedMeanwhile(before.version);
    const pictureAlt = of.alt ?? before.pictureAlt;
    const fields = { pictureId, pictureAlt, pictureFocusX: of.focus.x, pictureFocusY: of.focus.y };
    const isSame = Object.entries(fields).every(([name, value]) => Reflect.get(before, name) === value);
    if (isSame) return { event: before, result: before };
    const event = await updateEvent(tx, before, fields);
    if (before.pictureId !== null && before.pictureId !== pictureId) await touch(tx, before.pictureId);
    return { event, result: event, act: 'event.picture_set', subjectId: event.id, changes: { pictureId } };
  });
}

/** A replaced picture stays as long as cached pages may name it. */
async function touch(tx: Db, pictureId: string): Promise<void> {
  await tx.update(pictures).set({ touchedAt: sql`now()` }).where(eq(pictures.id, pictureId));
}
