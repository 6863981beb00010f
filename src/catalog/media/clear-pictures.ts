import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import type { FileStorage } from '../../platform/files/storage.ts';
import type { Log } from '../../platform/log.ts';
import { unusedPictureHours } from '../limits.ts';
import { pictureFiles, pictureKey } from './sizes.ts';

export type ClearPicturesDeps = { readonly db: Db; readonly log: Log; readonly fileStorage: FileStorage };

const picturesPerRun = 50;
/** A run ends after so many pictures that it could not delete: the storage is down. */
const faultsMax = 3;

const isUnused: SQL = sql`
  p.touched_at < now() - make_interval(hours => ${unusedPictureHours})
  and not exists (select from events e where e.picture_id = p.id)`;

/**
 * Deletes pictures some time after the last event stopped showing them, because cached pages may still name them. They
 * are taken in no order, so that pictures whose files cannot be deleted do not keep the others.
 * @throws the first fault, after the other pictures are deleted
 */
export async function clearPictures({ db, log, fileStorage }: ClearPicturesDeps): Promise<void> {
  const unused = await rowsOf<{ id: string }>(
    db,
    sql`select p.id from pictures p where ${isUnused} order by random() limit ${picturesPerRun}`,
  );
  const faults: unknown[] = [];
  for (const { id } of unused) {
    await clearOne(db, fileStorage, id).catch((error: unknown) => {
      log.warn({ err: error, pictureId: id }, 'a picture was not deleted');
      faults.push(error);
    });
    if (faults.length >= faultsMax) break;
  }
  if (faults.length > 0) throw faults[0];
}

/** The row is locked while its files are deleted, so an upload of the same picture waits and then writes them again. */
async function clearOne(db: Db, fileStorage: FileStorage, id: string): Promise<void> {
  await transaction(db, async (tx) => {
    const locked = await rowsOf(
      tx,
      sql`select p.id from pictures p where p.id = ${id} and ${isUnused} for update skip locked`,
    );
    if (locked.length === 0) return;
    await Promise.all(pictureFiles.map((file) => fileStorage.remove(pictureKey(id, file))));
    await tx.execute(sql`delete from pictures where id = ${id}`);
  });
}
