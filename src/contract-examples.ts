import { accountExamples } from './payments/accounts/operations.ts';

/**
 * A body for each operation that takes one, as the published contract shows it. The linter checks each by its schema.
 */

const eventId = 'evt_7K3M9XQ2';
const ticketCategoryId = 'cat_06FJ2V1H8C9QX4T0RBVE';
const poolId = 'pol_06FJ2V1H8C3MZ8K5DAYN';
const rupiah = (amount: number) => ({ amount, currency: 'IDR' });

const event = {
  name: 'Senja di Selatan',
  summary: 'An evening of music on the southern beach.',
  category: 'music',
  city: 'Yogyakarta',
  venue: 'Pantai Parangtritis',
  timeZone: 'Asia/Jakarta',
  startsAt: '2027-03-20T19:00:00+07:00',
  endsAt: '2027-03-20T23:00:00+07:00',
  doorsOpenAt: '2027-03-20T17:30:00+07:00',
};
const ticketCategory = {
  poolId,
  name: 'Festival',
  price: rupiah(350_000),
  saleOpensAt: '2027-01-10T10:00:00+07:00',
  saleClosesAt: '2027-03-20T18:00:00+07:00',
  perOrderMax: 4,
};

export const examples: Readonly<Record<string, unknown>> = {
  joinQueue: {},
  exchangePlace: { placeToken: 'the token that joining answered with' },
  planWaitingRoom: {
    preQueueOpensAt: '2027-01-10T09:00:00+07:00',
    freezesAt: '2027-01-10T09:55:00+07:00',
    opensAt: '2027-01-10T10:00:00+07:00',
    rateMax: 50,
  },
  readPhoneNumber: { eventSlug: 'senja-di-selatan', phone: '0812 3456 7890' },
  placeOrder: {
    eventSlug: 'senja-di-selatan',
    buyer: { name: 'Ayu Lestari', email: 'ayu@example.com', phone: '+6281234567890' },
    lines: [{ ticketCategoryId, quantity: 2 }],
    expectedTotal: rupiah(700_000),
    locale: 'id',
  },
  quoteOrder: { lines: [{ ticketCategoryId, quantity: 2 }], promoCode: 'SENJA-10' },
  lookUpOrder: { email: 'ayu@example.com', code: '9QX4T0RBVE' },
  giveOrderDetails: { tickets: [{ ticketId: 'tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001', holderName: 'Budi Santoso' }] },
  joinWaitingList: {
    ticketCategoryId,
    quantity: 2,
    buyer: { name: 'Ayu Lestari', email: 'ayu@example.com', phone: '+6281234567890' },
    locale: 'id',
  },
  transferTicket: {
    ticketId: 'tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001',
    holder: { name: 'Budi Santoso', email: 'budi@example.com' },
  },
  transferHeldTicket: { holder: { name: 'Citra Dewi', email: 'citra@example.com' } },
  searchOrders: { q: 'Lestari', limit: 25 },
  writeOrderNote: { text: 'Called at noon: comes with a wheelchair, gate North is told.' },
  placeComplimentaryOrder: {
    buyer: { name: 'Ayu Lestari', email: 'ayu@example.com', phone: '+6281234567890' },
    lines: [{ ticketCategoryId, quantity: 2 }],
    locale: 'id',
  },
  setOrganizerProfile: {
    contact: { email: 'halo@senja.example', phone: '+62 21 555 0100' },
    privacy: { id: 'Kami memakai data Anda hanya untuk pesanan ini.', en: 'We use your data for this order only.' },
    terms: { id: 'Tiket tidak dapat dipindahtangankan.', en: 'Tickets cannot be transferred.' },
  },
  correctBuyer: { email: 'ayu@example.com' },
  choosePayment: { method: 'qris' },
  ...accountExamples,
  previewRefund: { amount: 350_000 },
  requestRefund: { amount: 350_000, reason: 'requested' },
  resolveTask: {},
  requestReport: { kind: 'attendees', format: 'xlsx', eventId, filters: { status: 'live' } },
  createReportSchedule: { kind: 'orders', format: 'csv', every: 'week', weekday: 1, hour: 7, covers: 'period' },
  downloadLinkedReport: {
    token: 'rpt_06FJ2V1H8C9QX4T0RBVE.stf_06FJ2V1H8C3MZ8K5DAYN.1804032000.the-signature-of-the-link-in-the-mail',
  },
  scanTicket: {
    eventId,
    code: 'K7QM-2XVA-9R3T-HC4B-8ZDN-5WEJ-YG',
    scanId: 'scan-000123',
    gate: 'North',
    direction: 'entry',
  },
  undoScan: { eventId, scanId: 'scan-000123', reason: 'Scanned at the exit by mistake' },
  syncScans: {
    eventId,
    deviceId: 'phone-of-budi',
    scans: [
      {
        code: 'K7QM-2XVA-9R3T-HC4B-8ZDN-5WEJ-YG',
        scanId: 'scan-000124',
        direction: 'entry',
        scannedAt: '2027-03-20T18:04:11+07:00',
      },
    ],
  },
  createSender: {
    kind: 'whatsapp_cloud',
    phoneNumberId: '106540352242922',
    accessToken: 'the permanent token of the app',
    appSecret: 'the secret of the app',
    verifyToken: 'a text of your own',
    businessAccountId: '102290129340398',
  },
  sendMessageTest: { channel: 'email' },
  changeSender: { weight: 200, dailyCap: 500 },
  changeMessageText: { body: 'Halo {{name}}, tiket {{event}}: {{link}}' },
  draftAnnouncement: {
    kind: 'practical',
    channels: ['email', 'whatsapp'],
    audience: { ticketCategoryIds: [ticketCategoryId] },
    content: {
      id: {
        subject: 'Pintu dibuka pukul 16.00',
        text: 'Pintu dibuka satu jam lebih awal.',
        shortText: 'Pintu dibuka pukul 16.00.',
      },
      en: {
        subject: 'Doors open at 16:00',
        text: 'The doors open an hour earlier.',
        shortText: 'The doors open at 16:00.',
      },
    },
  },
  confirmAnnouncement: { confirmationToken: 'YW4gZXhhbXBsZSBvZiBhIGNvbmZpcm1hdGlvbiB0b2t' },
  setMessageSettings: { reminderHours: 24, paymentReminderMinutes: 5, changeNotices: 'confirmed' },
  previewChange: { kind: 'moved', startsAt: '2027-03-21T19:00:00+07:00', endsAt: '2027-03-21T23:00:00+07:00' },
  confirmChangeNotice: { confirmationToken: 'YW4gZXhhbXBsZSBvZiBhIGNvbmZpcm1hdGlvbiB0b2t' },
  giveNewsConsent: { wording: '2026-11', locale: 'id' },
  startSession: { email: 'owner@senja.example', password: 'a long password of your own' },
  acceptInvitation: {
    token: 'the token of the link',
    name: 'Budi Santoso',
    password: 'a long password of your own',
  },
  requestPasswordReset: { email: 'budi@senja.example' },
  confirmPasswordReset: { token: 'the token of the link', password: 'a long password of your own' },
  signUp: { slug: 'senja-live', name: 'Senja Live', ownerEmail: 'sari@senja.example', ownerName: 'Sari', locale: 'id' },
  inviteStaff: { email: 'budi@senja.example', name: 'Budi Santoso', role: 'door', locale: 'id', eventIds: [eventId] },
  changeStaffRole: { role: 'manager', eventIds: null },
  createApiKey: { name: 'Ticket shop', role: 'manager' },
  createDevice: { eventId, name: 'Scanner at the north gate' },
  requestVerification: { email: 'ayu@example.com', eventSlug: 'senja-di-selatan', locale: 'id' },
  confirmVerification: { verificationId: 'ver_06FJ2V1H8C9QX4T0RBVE', code: '123456' },
  createEvent: { slug: 'senja-di-selatan', currency: 'IDR', ...event },
  changeEvent: { venue: 'Stadion Mandala Krida', version: 3 },
  setSales: { sales: 'closed' },
  changePicture: { focus: { x: 50, y: 30 }, alt: 'The stage at sunset' },
  createScheduleItem: {
    title: 'Nadin Amizah',
    stage: 'Panggung utama',
    stageEn: 'Main stage',
    startsAt: '2027-03-20T20:00:00+07:00',
    endsAt: '2027-03-20T21:00:00+07:00',
  },
  changeScheduleItem: { stage: 'Panggung pantai', stageEn: 'Beach stage' },
  createTicketCategory: ticketCategory,
  changeTicketCategory: { price: rupiah(375_000) },
  createPool: { name: 'Field', capacity: 5000, blocked: 50 },
  changePool: { capacity: 5500 },
  createQuestion: {
    text: 'Ukuran kaus',
    textEn: 'Shirt size',
    kind: 'choice',
    scope: 'ticket',
    choices: [{ text: 'S' }, { text: 'M' }],
  },
  changeQuestion: { status: 'closed' },
  createPromoCode: { code: 'SENJA10', kind: 'percent', value: 10, redemptionsMax: 500 },
  changePromoCode: { status: 'closed' },
  changeTicketCodes: { codes: 'signed' },
  rotateTicketKey: { withdrawEarlier: false },
  changeDoorSettings: { showsNames: true, categoryNotes: { [ticketCategoryId]: 'Blue wristband' } },
  createGate: { name: 'North', ticketCategoryIds: [ticketCategoryId] },
  changeGate: { ticketCategoryIds: null, reEntry: 'none', closesAt: '2027-03-20T14:00:00Z' },
  createZone: { name: 'Golden circle', capacity: 1200 },
  changeZone: { capacity: 1000 },
  createWebhookEndpoint: {
    url: 'https://hooks.example.com/antre',
    types: ['order.paid', 'order.refunded'],
    description: 'Newsletter of Senja',
  },
  changeWebhookEndpoint: { types: ['order.paid', 'order.refunded', 'ticket.checked_in'], status: 'active' },
  replayWebhooks: { since: '2027-03-19T08:00:00+07:00', include: 'undelivered' },
};
