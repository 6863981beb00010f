import type { InEach, Language } from '../../../language.ts';
import { doorOfflineWords } from '../../door/door-offline.ts';

const id = {
  title: 'Masalah di pintu',
  lead: 'Tiket yang masuk dua kali, dan orang yang masuk padahal seharusnya ditolak. Ini terjadi bila pemindai bekerja tanpa jaringan.',
  none: 'Tidak ada masalah.',
  at: 'Waktu',
  problem: 'Masalah',
  twice: 'Masuk dua kali',
  although: (why: string) => `Seharusnya ditolak: ${why}`,
  here: 'Pintu dan pemindai',
  first: 'Masuk pertama',
  order: 'Pesanan',
};

const en: typeof id = {
  title: 'Problems at the door',
  lead: 'Tickets that were let in twice, and people who were let in and should have been refused. This happens while scanners work without a network.',
  none: 'There are no problems.',
  at: 'Time',
  problem: 'Problem',
  twice: 'Let in twice',
  although: (why) => `Should have been refused: ${why}`,
  here: 'Gate and scanner',
  first: 'First entry',
  order: 'Order',
};

export const conflictWords: InEach<typeof id> = { id, en };

/** Why somebody who was let in should have been refused, by the API's code. */
export function faultText(fault: string, language: Language): string {
  return conflictWords[language].although(doorOfflineWords[language].faults[fault] ?? fault);
}
