import { sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import type { FileStorage } from '../../platform/files/storage.ts';
import { unusedPictureHours } from '../limits.ts';
import { pictureFiles, pictureKey } from './sizes.ts';

const picturesPerRun = 50;

/**
 * Deletes pictures some time after the last event stopped showing them, because cached pages may still name them. The
 * row is locked while its files are deleted, so an upload of the same picture waits and then writes them again.
 */
export async function clearPictures(deps: { readonly db: Db; readonly fileStorage: FileStorage }): Promise<void> {
  for (let cleared = 0; cleared < picturesPerRun; cleared += 1) {
    if (!(await clearOne(deps))) return;
  }
}

async function clearOne({ db, fileStorage }: { readonly db: Db; readonly fileStorage: FileStorage }): Promise<boolean> {
  return transaction(db, async (tx) => {
    const [picture] = await rowsOf<{ id: string }>(
      tx,
      sql`
        select p.id from pictures p
        where p.touched_at < now() - make_interval(hours => ${unusedPictureHours})
          and not exists (select from events e where e.picture_id = p.id)
        order by p.touched_at limit 1 for update skip locked`,
    );
    if (picture === undefined) return false;
    await Promise.all(pictureFiles.map((file) => fileStorage.remove(pictureKey(picture.id, file))));
    await tx.execute(sql`delete from pictures where id = ${picture.id}`);
    return true;
  });
}
