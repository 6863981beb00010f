import { type InEach, countedEn } from '../language.ts';

/** The text of a refusal for a buyer or staff member, by problem code. */
type Refusals = {
  readonly byCode: Readonly<Record<string, string>>;
  /** Refusals that end by waiting. What is done about it is said behind them: the page tries again, or the reader does. */
  readonly busy: Readonly<Record<string, string>>;
  readonly keepTrying: string;
  readonly tryLater: string;
  readonly limit: (limit: string, max: number) => string;
  readonly unreachable: string;
  /** While the page tries again by itself. */
  readonly unreachableYet: string;
  readonly waitFor: (seconds: number) => string;
  readonly unexpected: (requestId: string) => string;
  readonly retryIn: (seconds: number) => string;
  readonly retrying: string;
  readonly stop: string;
  readonly priceChanged: (total: string) => string;
  readonly orderAt: (total: string) => string;
  readonly faults: Readonly<Record<string, string>>;
  readonly chooseTickets: string;
  readonly minimum: (category: string, min: number) => string;
  readonly earlier: string;
  readonly earlierCheck: string;
  readonly earlierDrop: string;
  readonly placing: string;
  readonly placed: string;
};

export const refusalWords: InEach<Refusals> = {
  id: {
    byCode: {
      'stock.sold_out':
        'Tiketnya baru saja habis untuk jumlah ini. Kurangi jumlah, pilih kategori lain, atau coba lagi: tiket yang tidak dibayar dijual kembali.',
      'sale.not_open': 'Kategori ini sedang tidak dijual.',
      'order.category_unknown': 'Kategori tiket ini sudah tidak ada. Muat ulang halaman.',
      'service.busy': 'Sedang banyak yang mengunduh. Coba lagi sebentar lagi.',
      'event.not_found': 'Acara ini tidak ada.',
      'order.price_changed': 'Harga pesanan ini berubah. Muat ulang halaman, lalu periksa totalnya.',
      'order.not_payable': 'Total sebesar ini tidak dapat dibayar sekaligus. Kurangi jumlah tiket.',
      'promo.invalid': 'Kode promo ini tidak berlaku untuk acara ini sekarang.',
      'promo.used_up': 'Kode promo ini sudah habis dipakai.',
      'promo.limited':
        'Terlalu banyak kode promo yang salah dicoba dari jaringan ini. Tunggu sebentar, atau pesan tanpa kode.',
      'idempotency.in_progress': 'Pesanan Anda sedang diproses…',
      'idempotency.key_reused': 'Pesanan Anda sebelumnya sudah tercatat. Periksa email, atau mulai pesanan baru.',
      'queue.pass_required': 'Acara ini memakai ruang tunggu. Ambil giliran lebih dulu.',
      'queue.pass_invalid':
        'Izin memesan ini tidak berlaku: waktunya habis, atau email dan nomornya bukan yang Anda konfirmasi di ruang tunggu.',
      'queue.pass_spent':
        'Izin memesan ini sudah dipakai: satu giliran untuk satu pesanan. Pesanannya ada di email Anda.',
      'queue.not_open': 'Ruang tunggu sedang tidak menerima ini.',
      'queue.place_invalid':
        'Tempat ini tidak berlaku lagi untuk acara ini. Ambil tempat lagi dengan alamat yang sama.',
      'queue.turn_lapsed': 'Giliran tempat ini sudah lewat. Anda boleh antre lagi dari belakang.',
      'queue.place_kept':
        'Tempat ini tidak diganti: gilirannya belum lewat, atau sudah dipakai untuk satu pesanan. Pesanannya ada di email Anda.',
      'challenge.required': 'Hitungan untuk masuk belum selesai. Coba lagi.',
      'challenge.failed': 'Hitungan untuk masuk tidak diterima. Coba lagi.',
      'verification.refused': 'Kode ini salah, atau tidak berlaku lagi. Periksa lagi, atau minta kode baru.',
      'verification.limited': 'Tidak ada kode yang dikirim: terlalu banyak diminta atau dicoba. Tunggu sebentar.',
      'verification.phone_not_possible': 'Acara ini tidak mengirim kode ke WhatsApp. Pakai email.',
      'request.invalid': 'Ada isian yang belum benar.',
      'session.refused': 'Email atau kata sandi tidak benar.',
      'session.limited': 'Terlalu banyak percobaan masuk. Tunggu sebentar.',
      'access.link_invalid': 'Tautan ini tidak berlaku lagi. Minta tautan baru.',
      'access.link_limited':
        'Terlalu sering diminta untuk alamat ini, jadi tidak ada tautan yang dikirim. Tunggu sebentar, atau minta dari perangkat atau jaringan yang biasa Anda pakai.',
      'ticket.not_found': 'Tiket ini sudah tidak ada pada Anda. Muat ulang halaman.',
      'ticket.not_transferable': 'Tiket ini tidak dapat diberikan kepada orang lain.',
      'ticket.transfer_limited':
        'Alamat ini sudah menerima cukup banyak tiket untuk sementara. Tidak ada yang berubah; coba lagi satu jam lagi.',
      'order.lookup_limited':
        'Tautan ini terlalu sering diminta, jadi tidak dikirim lagi. Tautan yang terakhir masih berlaku.',
      'access.unauthenticated': 'Kode ini tidak dikenal.',
      'access.forbidden': 'Akun Anda tidak diizinkan melakukan ini.',
      'payment.not_payable': 'Pesanan ini sudah dibayar, atau waktunya habis.',
      'payment.method_unavailable': 'Sisa waktu terlalu pendek untuk cara bayar ini.',
      'payment.too_many_attempts': 'Pembayaran sudah dicoba terlalu sering untuk pesanan ini.',
    },
    busy: {
      'payments.busy': 'Sedang sangat ramai.',
      'traffic.rate_limited': 'Terlalu banyak permintaan dari jaringan Anda.',
      'service.overloaded': 'Sedang sangat ramai.',
      'service.unavailable': 'Layanan sedang terganggu sebentar.',
    },
    keepTrying: 'Kami mencoba lagi untuk Anda; biarkan halaman ini terbuka.',
    tryLater: 'Coba lagi sebentar lagi.',
    limit: (limit, max) =>
      ({
        per_order_min: `Kategori ini dijual sedikitnya ${max} tiket per pesanan.`,
        per_order_max: `Paling banyak ${max} tiket dalam satu pesanan.`,
        per_buyer_max: `Anda sudah mencapai batas ${max} tiket per pembeli.`,
        held_per_network:
          'Terlalu banyak tiket yang belum dibayar dari jaringan ini. Selesaikan dulu, atau coba nanti.',
      })[limit] ?? 'Pesanan melewati batas penjualan ini.',
    unreachable: 'Tidak tersambung ke server. Periksa internet Anda, lalu coba lagi.',
    unreachableYet: 'Tidak tersambung ke server. Periksa internet Anda; kami mencoba lagi.',
    waitFor: (seconds) =>
      seconds < 90 ? `Coba lagi dalam ${seconds} detik.` : `Coba lagi dalam ${Math.ceil(seconds / 60)} menit.`,
    unexpected: (requestId) => `Ada yang salah di sisi kami. Coba lagi. (${requestId})`,
    retryIn: (seconds) => `Mencoba lagi dalam ${seconds} detik…`,
    retrying: 'Mencoba lagi…',
    stop: 'Berhenti mencoba',
    priceChanged: (total) => `Total pesanan ini sekarang ${total}. Belum ada yang dipesan.`,
    orderAt: (total) => `Pesan dengan harga ${total}`,
    faults: {
      name: 'Tulis nama lengkap.',
      email: 'Tulis alamat email yang benar, misalnya nama@contoh.id.',
      phone: 'Tulis nomor telepon, misalnya 0812 3456 7890.',
      'phone.invalid': 'Ini bukan nomor ponsel yang benar. Periksa angkanya, atau pilih negaranya.',
      'phone.not_mobile': 'Ini bukan nomor ponsel. Tulis nomor yang bisa menerima WhatsApp.',
      'phone.ambiguous': 'Nomor ini mungkin dari negara lain. Pilih negaranya, atau awali dengan + dan kode negara.',
      'name.not_a_name': 'Tulis nama orang, tanpa tautan, nomor telepon, atau simbol.',
      promoCode: 'Periksa kode promo, atau kosongkan.',
      password: 'Kata sandi sedikitnya 12 karakter.',
      code: 'Tulis kode pesanan, sepuluh huruf dan angka.',
      deviceToken: 'Tulis kode perangkat.',
      otp: 'Tulis enam angka dari pesan kami.',
      quantity: 'Tulis jumlah tiket, sedikitnya 1.',
    },
    chooseTickets: 'Pilih sedikitnya satu tiket.',
    minimum: (category, min) => `${category}: pilih sedikitnya ${min} tiket.`,
    earlier: 'Pesanan yang tadi Anda kirim belum terjawab. Periksa dulu, supaya tidak memesan dua kali.',
    earlierCheck: 'Periksa pesanan tadi',
    earlierDrop: 'Lupakan, mulai baru',
    placing: 'Menahan tiket untuk Anda…',
    placed: 'Tiket ditahan. Membuka pesanan…',
  },
  en: {
    byCode: {
      'stock.sold_out':
        'There are no longer enough tickets for this. Take fewer, choose another category, or try again: unpaid tickets return to sale.',
      'sale.not_open': 'This category is not on sale now.',
      'order.category_unknown': 'This ticket category no longer exists. Reload the page.',
      'service.busy': 'Many downloads are underway. Try again in a moment.',
      'event.not_found': 'There is no such event.',
      'order.price_changed': 'The price of this order has changed. Reload the page and check the total.',
      'order.not_payable': 'A total of this size cannot be paid at once. Choose fewer tickets.',
      'promo.invalid': 'This promo code is not valid for this event now.',
      'promo.used_up': 'This promo code has been used up.',
      'promo.limited': 'Too many wrong promo codes were tried from this network. Wait a while, or order without one.',
      'idempotency.in_progress': 'Your order is being processed…',
      'idempotency.key_reused': 'Your earlier order was placed. Check your inbox, or start a new order.',
      'queue.pass_required': 'This event has a waiting room. Take your turn first.',
      'queue.pass_invalid':
        'This pass is not valid: its time is over, or email and phone are not those that you confirmed in the waiting room.',
      'queue.pass_spent': 'This pass has been used: each turn is for one order. You find the order in your email.',
      'queue.not_open': 'The waiting room does not allow this now.',
      'queue.place_invalid': 'This place is no longer valid for this event. Take a new one with the same address.',
      'queue.turn_lapsed': 'The turn of this place has passed. You may queue again at the end of the line.',
      'queue.place_kept':
        'This place was not replaced: its turn has not passed, or an order was placed with it. You find the order in your email.',
      'challenge.required': 'The check for joining is not finished yet. Try again.',
      'challenge.failed': 'The check for joining was not accepted. Try again.',
      'verification.refused': 'This code is wrong or has expired. Check it, or ask for a new one.',
      'verification.limited': 'No code was sent: too many were asked for or tried. Wait a while.',
      'verification.phone_not_possible': 'This event sends no codes to WhatsApp. Use an email.',
      'request.invalid': 'Some fields need correcting.',
      'session.refused': 'The email address or password is wrong.',
      'session.limited': 'Too many sign-in attempts. Wait a while.',
      'access.link_invalid': 'This link is no longer valid. Ask for a new one.',
      'access.link_limited':
        'No link was sent: too many were asked for with this address. Wait a while, or ask from a device or network that you have used before.',
      'ticket.not_found': 'You no longer have this ticket. Reload the page.',
      'ticket.not_transferable': 'This ticket cannot be given to somebody else.',
      'ticket.transfer_limited': 'This address was sent too many tickets. Nothing has changed; try again in an hour.',
      'order.lookup_limited': 'No link was sent: it was asked for too often. The last one still works.',
      'access.unauthenticated': 'This token is not known.',
      'access.forbidden': 'Your account may not do this.',
      'payment.not_payable': 'This order is paid, or its time is over.',
      'payment.method_unavailable': 'The time left is too short for this payment method.',
      'payment.too_many_attempts': 'Payment was tried too often for this order.',
    },
    busy: {
      'payments.busy': 'It is very busy.',
      'traffic.rate_limited': 'Too many requests come from your network.',
      'service.overloaded': 'It is very busy.',
      'service.unavailable': 'The service has a short problem.',
    },
    keepTrying: 'We keep trying for you; leave this page open.',
    tryLater: 'Try again in a moment.',
    limit: (limit, max) =>
      ({
        per_order_min: `This category is sold from ${countedEn(max, 'ticket')} per order.`,
        per_order_max: `At most ${countedEn(max, 'ticket')} in one order.`,
        per_buyer_max: `You have reached the limit of ${countedEn(max, 'ticket')} per buyer.`,
        held_per_network: 'Too many unpaid tickets are held from this network. Finish those first, or try later.',
      })[limit] ?? 'The order exceeds a limit of this sale.',
    unreachable: 'The server cannot be reached. Check your connection, then try again.',
    unreachableYet: 'The server cannot be reached. Check your connection; we keep trying.',
    waitFor: (seconds) =>
      seconds < 90 ? `Try again in ${seconds} s.` : `Try again in ${Math.ceil(seconds / 60)} minutes.`,
    unexpected: (requestId) => `Something went wrong on our side. Try again. (${requestId})`,
    retryIn: (seconds) => `Trying again in ${seconds} s…`,
    retrying: 'Trying again…',
    stop: 'Stop trying',
    priceChanged: (total) => `This order costs ${total} now. Nothing was ordered yet.`,
    orderAt: (total) => `Order for ${total}`,
    faults: {
      name: 'Enter the full name.',
      email: 'Enter a valid email address, such as name@example.com.',
      phone: 'Enter a phone number, such as 0812 3456 7890.',
      'phone.invalid': 'This is not a valid mobile number. Check the digits, or choose its country.',
      'phone.not_mobile': 'This is not a mobile number. Enter one that receives WhatsApp.',
      'phone.ambiguous':
        'This may be a number of another country. Choose its country, or begin with + and the country code.',
      'name.not_a_name': "Enter a person's name, without links, phone numbers or symbols.",
      promoCode: 'Check the promo code, or leave it empty.',
      password: 'A password has at least 12 characters.',
      code: 'Enter the order code of ten letters and digits.',
      deviceToken: 'Enter the device token.',
      otp: 'Enter the six digits of our message.',
      quantity: 'Enter how many tickets, at least 1.',
    },
    chooseTickets: 'Choose at least one ticket.',
    minimum: (category, min) => `${category}: choose at least ${countedEn(min, 'ticket')}.`,
    earlier: 'The order you sent before has no answer yet. Check it first, so that you do not order twice.',
    earlierCheck: 'Check that order',
    earlierDrop: 'Forget it and start again',
    placing: 'Holding tickets for you…',
    placed: 'Tickets are held. Opening your order…',
  },
};
