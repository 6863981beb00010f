/** What stands in the place of a date that was put off. */
export const noDate = { id: 'Ditunda, tanggal baru menyusul', en: 'Postponed, new date to come' } as const;
