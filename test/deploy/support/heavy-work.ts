import { createPasswords } from '../../../src/access/index.ts';
import { createLinkCards } from '../../../src/catalog/index.ts';
import { createTicketPrinter } from '../../../src/orders/index.ts';
import { printedEvent } from '../../../testkit/orders/printed-event.ts';

/** What the API does in helper processes, once each, as one program: `bundle.test.ts` runs it from a bundle. */
/** Patient, because at its real priority and deadline a busy machine would refuse the tickets. */
const printer = createTicketPrinter({ priority: 'low', drawMs: 60_000 });
const passwords = createPasswords({ ln: 4, r: 8, p: 1 });
const pdf = await printer.print('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE', 'v1', {
  event: printedEvent,
  order: { code: '9QX4T-0RBVE', buyerName: 'Ayu', locale: 'id', placedAt: new Date(0) },
  tickets: [{ code: '7K3M9XQ206FJ2V1H8C9QX4T0RB', shortCode: '7K3M9XQ206FJ2V1H8C9QX4T0RB', categoryName: 'Festival' }],
});
const isRight = await passwords.verify('rahasia', await passwords.hash('rahasia'));
const card = await createLinkCards().jpegOf({
  background: '<rect width="9" height="9"/>',
  logo: '',
  title: 'Senja',
  lines: [],
});
const jpeg = card.subarray(0, 3).toString('hex');
process.stdout.write(JSON.stringify({ pdf: Buffer.from(pdf).subarray(0, 5).toString(), isRight, jpeg }));
// Idle helpers must not keep the program: nothing is closed here.
