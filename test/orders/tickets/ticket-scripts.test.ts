import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { renderTickets } from '../../../src/orders/tickets/render-tickets.ts';

/** Guards that names of events and people can be read on a ticket, whatever their script. */

const names = {
  Latin: ['Łódź Ørsted Straße', 'Trần Đặng Ượng'],
  Cyrillic: ['Концерт Ёлка', 'Юрій Ґалаґан'],
  Greek: ['Συναυλία Σοφός', 'Νίκος'],
  Arabic: ['حفلة أم كلثوم', 'مُحَمَّد'],
  Persian: ['جشنواره می‌خواهم', 'پژمان گل'],
  Urdu: ['قوالی کی رات', 'فیض'],
  Hebrew: ['קונצרט בתל אביב', 'דוד'],
  Devanagari: ['शास्त्रीय संगीत क्षत्रिय', 'श्री'],
  Bengali: ['বাংলা গানের উৎসব', 'রবীন্দ্রনাথ'],
  Tamil: ['தமிழ் இசை விழா', 'கமல்'],
  Telugu: ['తెలుగు సంగీతం', 'శ్రీ'],
  Kannada: ['ಕನ್ನಡ ಸಂಗೀತ', 'ರಾಜ್'],
  Malayalam: ['മലയാളം സംഗീതം', 'മോഹൻ'],
  Gujarati: ['ગુજરાતી ગરબા ઉત્સવ', 'શ્રી'],
  Gurmukhi: ['ਪੰਜਾਬੀ ਗੀਤ', 'ਸਿੰਘ'],
  Oriya: ['ଓଡ଼ିଆ ସଙ୍ଗୀତ', 'କୃଷ୍ଣ'],
  Sinhala: ['සිංහල සංගීතය', 'ශ්‍රී'],
  Thai: ['คืนดนตรีที่กรุงเทพ น้ำ', 'สมชาย'],
  Lao: ['ງານດົນຕີວຽງຈັນ ນ້ຳ', 'ສົມ'],
  Khmer: ['ពិធីតន្ត្រីភ្នំពេញ', 'សុខ'],
  Myanmar: ['ရန်ကုန်ဂီတပွဲ', 'အောင်'],
  Japanese: ['東京ドームコンサート・ｶﾗｵｹ', '髙橋 々〆'],
  Chinese: ['周杰倫演唱會 国际音乐节', '李小龙 陳'],
  Korean: ['여름밤 콘서트 서울', '김철수'],
  Georgian: ['საქართველოს კონცერტი', 'ნინო'],
  Armenian: ['Հայկական համերգ', 'Արամ'],
  Ethiopic: ['የኢትዮጵያ ሙዚቃ', 'አበበ'],
  Javanese: ['ꦥꦒꦼꦭꦫꦤ꧀', 'ꦱꦸꦏꦂꦤ'],
  Balinese: ['ᬩᬮᬶ', 'ᬓᬢᬸᬢ᭄'],
  Sundanese: ['ᮞᮥᮔ᮪ᮓ', 'ᮃᮚᮥ'],
  Tibetan: ['བོད་ཀྱི་རོལ་མོ', 'བསྟན'],
  Thaana: ['ދިވެހި', 'އަލީ'],
  Mongolian: ['ᠮᠣᠩᠭᠣᠯ', 'ᠪᠠᠲᠤ'],
  Emoji: ['🎸 Malam 🎤', 'Ayu 🎉'],
  Signs: ['∞ ★ ♥ ✓ → №1', 'A≠B'],
  mixed: ['AC/DC اليوم (2027) 東京', 'Ayu 李小龙 Đặng'],
} as const satisfies Record<string, readonly [string, string]>;

const draw = (name: string, buyerName: string, tickets = 1) =>
  renderTickets({
    event: {
      name,
      venue: name,
      address: '',
      city: 'Jakarta',
      startsAt: new Date('2027-03-01T12:00:00Z'),
      doorsOpenAt: new Date('2027-03-01T10:00:00Z'),
      timeZone: 'Asia/Jakarta',
      postponedAt: null,
    },
    order: { code: '9QX4T-0RBVE', buyerName, locale: 'id', placedAt: new Date(0) },
    tickets: Array.from({ length: tickets }, () => ({
      code: '7K3M9XQ206FJ2V1H8C9QX4T0RB',
      shortCode: '7K3M9XQ206FJ2V1H8C9QX4T0RB',
      categoryName: buyerName,
    })),
  });

function streamsOf(pdf: Buffer): string[] {
  return [...pdf.toString('latin1').matchAll(/\/Length (\d+)[^>]*>>\s*stream\n/g)].flatMap((match) => {
    const start = match.index + match[0].length;
    const bytes = pdf.subarray(start, start + Number(match[1]));
    try {
      return [inflateSync(bytes).toString('latin1')];
    } catch {
      return [];
    }
  });
}

/** What a page shows: text in fonts of the reader, numbers of glyphs in fonts that are embedded. */
function shownOn(pdf: Buffer) {
  const pages = streamsOf(pdf).filter((stream) => stream.includes(' TJ'));
  const glyphs: string[] = [];
  let standard = '';
  for (const [, font = '', rest = ''] of pages.join('\n').matchAll(/\/(F\d+) [\d.]+ Tf(.*?)(?=\/F\d+ [\d.]+ Tf|$)/gs)) {
    const hex = [...rest.matchAll(/<([0-9a-f]+)>/g)].map(([, text = '']) => text).join('');
    if (isStandardFont(pdf, font)) standard += Buffer.from(hex, 'hex').toString('latin1');
    else glyphs.push(...(hex.match(/.{4}/g) ?? []));
  }
  return { standard, glyphs };
}

/** Fonts of the reader are the only ones that are named by their encoding. */
function isStandardFont(pdf: Buffer, name: string): boolean {
  const text = pdf.toString('latin1');
  const object = new RegExp(`/${name} (\\d+) 0 R`).exec(text)?.[1] ?? '';
  return new RegExp(`(?:^|\\n)${object} 0 obj\\n<<[^]*?endobj`).exec(text)?.[0].includes('/WinAnsiEncoding') === true;
}

/**
 * The text that a reader copies and searches if fonts are embedded: by the fonts' own maps, or by the text beside the
 * glyphs.
 */
function copiedFrom(pdf: Buffer): string {
  const streams = streamsOf(pdf);
  const mapped = streams
    .filter((stream) => stream.includes('beginbfrange'))
    .flatMap((map) => [...map.matchAll(/<([0-9a-f ]*)>/g)])
    .map(([, hex = '']) => Buffer.from(hex.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'))
    .join('');
  const pages = streams.filter((stream) => stream.includes(' TJ'));
  const beside = pages
    .flatMap((page) => [...page.matchAll(/\/ActualText \(((?:[^\\)]|\\.)*)\)/gs)])
    .map(([, text = '']) => {
      const plain = text.replaceAll(
        /\\(.)/gs,
        (_, one: string) => ({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' })[one] ?? one,
      );
      const bytes = Buffer.from(plain, 'latin1');
      return bytes[0] === 0xfe && bytes[1] === 0xff ? bytes.subarray(2).swap16().toString('utf16le') : plain;
    })
    .join('');
  return mapped + beside;
}

describe.each(Object.entries(names))('%s', (_script, [name, buyerName]) => {
  test('is drawn completely, without a box in place of a character, and can be copied', async () => {
    const pdf = await draw(name, buyerName);
    const { glyphs, standard } = shownOn(pdf);
    expect(standard).toContain('TIKET MASUK');
    expect(glyphs.length).toBeGreaterThan(0);
    expect(glyphs).not.toContain('0000');
    const copied = copiedFrom(pdf) + standard;
    const missing = Array.from(`${name}${buyerName}`.normalize('NFC')).filter(
      (character) => !/[\s\p{Cf}]/u.test(character) && !copied.includes(character),
    );
    expect(missing).toEqual([]);
  });
});

test('characters without a font are left out, and an empty name is replaced by the code of the order', async () => {
  const { glyphs, standard } = shownOn(await draw('Malam \u{13000}\u{13001} Mesir', '\u{13000}\u{13001}'));
  expect(glyphs).not.toContain('0000');
  expect(standard.split('9QX4T-0RBVE').length - 1).toBe(2);
});

test('a long name in any script stays in its box and ends in an ellipsis', async () => {
  for (const word of ['東京ドーム', 'حفلة ', 'กรุงเทพมหานคร', 'Đặng']) {
    const pdf = await draw(word.repeat(100), word.repeat(40));
    expect(copiedFrom(pdf)).toContain('…');
    expect(pdf.toString('latin1').match(/\/Type \/Page\n/g)).toHaveLength(1);
  }
});

test('equal texts give equal bytes, and a hundred pages embed each font once', async () => {
  const first = await draw('東京ドーム', '山田', 100);
  expect(first.equals(await draw('東京ドーム', '山田', 100))).toBe(true);
  expect(first.length).toBeLessThan(600_000);
});

test('text in Latin letters alone embeds nothing', async () => {
  const pdf = await draw('Café “Ñandú” – 5 €', 'Ayu Lestari');
  expect(pdf.toString('latin1')).not.toContain('/FontFile2');
});
