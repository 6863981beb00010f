import type { InEach } from '../../language.ts';

/** A wait, rounded as coarsely as it is known. */
type EstimateWords = {
  readonly unknown: string;
  readonly underMinute: string;
  readonly minutes: (minutes: number) => string;
  readonly hours: (hours: number, minutes: number) => string;
};

export const estimateWords: InEach<EstimateWords> = {
  id: {
    unknown: 'belum dapat dikatakan',
    underMinute: 'kurang dari satu menit',
    minutes: (minutes) => `sekitar ${minutes} menit`,
    hours: (hours, minutes) => `sekitar ${hours} jam${minutes === 0 ? '' : ` ${minutes} menit`}`,
  },
  en: {
    unknown: 'cannot be said yet',
    underMinute: 'less than a minute',
    minutes: (minutes) => `about ${minutes} minute${minutes === 1 ? '' : 's'}`,
    hours: (hours, minutes) => `about ${hours} h${minutes === 0 ? '' : ` ${minutes} min`}`,
  },
};
