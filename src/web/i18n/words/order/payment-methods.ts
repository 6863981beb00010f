import type { InEach } from '../../language.ts';

/**
 * The payment methods that a buyer chooses on the page of the order, by the names of the API. A method without a name
 * here is not offered.
 */
export type MethodName =
  | 'qris'
  | 'gopay'
  | 'shopeepay'
  | 'bca_va'
  | 'bni_va'
  | 'bri_va'
  | 'mandiri_bill'
  | 'permata_va'
  | 'card'
  | 'store';

type MethodWords = {
  readonly choose: string;
  /** Below the button that leads to the page of the gateway, where all can be chosen, too. */
  readonly chooseHere: string;
  readonly chooseOther: string;
  readonly methods: Readonly<Record<MethodName, string>>;
  readonly banks: Readonly<Record<string, string>>;
  readonly accountAt: (bank: string) => string;
  readonly billAt: string;
  readonly billerCode: string;
  readonly howTo: string;
  /** By bank; the last one is for a bank that is not listed. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly otherSteps: readonly string[];
  readonly nothingToShow: string;
};

const banks = { bca: 'BCA', bni: 'BNI', bri: 'BRI', mandiri: 'Mandiri', permata: 'Permata' };

export const paymentMethodWords: InEach<MethodWords> = {
  id: {
    choose: 'Pilih cara bayar',
    chooseHere: 'Atau pilih cara bayar di sini',
    chooseOther: 'Ganti cara bayar',
    methods: {
      qris: 'QRIS',
      gopay: 'GoPay',
      shopeepay: 'ShopeePay',
      bca_va: 'Virtual account BCA',
      bni_va: 'Virtual account BNI',
      bri_va: 'Virtual account BRI',
      mandiri_bill: 'Mandiri Bill',
      permata_va: 'Virtual account Permata',
      card: 'Kartu kredit atau debit',
      store: 'Alfamart atau Indomaret',
    },
    banks,
    accountAt: (bank) => `Nomor virtual account ${bank}`,
    billAt: 'Kode bayar Mandiri',
    billerCode: 'Kode perusahaan',
    howTo: 'Cara membayar',
    steps: {
      bca: [
        'Buka BCA mobile, lalu pilih m-Transfer dan BCA Virtual Account.',
        'Masukkan nomor di atas.',
        'Periksa nama dan jumlahnya, lalu masukkan PIN.',
        'Lewat ATM: Transaksi Lainnya, Transfer, ke Rek BCA Virtual Account.',
      ],
      bni: [
        'Buka aplikasi BNI, lalu pilih Transfer dan Virtual Account Billing.',
        'Masukkan nomor di atas.',
        'Periksa nama dan jumlahnya, lalu masukkan PIN transaksi.',
        'Lewat ATM: Menu Lainnya, Transfer, Virtual Account Billing.',
      ],
      bri: [
        'Buka BRImo, lalu pilih BRIVA.',
        'Masukkan nomor di atas.',
        'Periksa nama dan jumlahnya, lalu masukkan PIN.',
        'Lewat ATM: Transaksi Lain, Pembayaran, Lainnya, BRIVA.',
      ],
      mandiri: [
        "Buka Livin' by Mandiri, lalu pilih Bayar dan Multipayment.",
        'Masukkan kode perusahaan, lalu kode bayar di atas.',
        'Periksa nama dan jumlahnya, lalu masukkan PIN.',
        'Lewat ATM: Bayar/Beli, Lainnya, Multipayment.',
      ],
      permata: [
        'Buka aplikasi Permata, lalu pilih Pembayaran dan Virtual Account.',
        'Masukkan nomor di atas.',
        'Periksa nama dan jumlahnya, lalu masukkan PIN.',
        'Lewat ATM: Transaksi Lainnya, Pembayaran, Virtual Account.',
      ],
    },
    otherSteps: [
      'Buka aplikasi bank Anda, lalu pilih transfer ke virtual account.',
      'Masukkan nomor di atas.',
      'Periksa nama dan jumlahnya, lalu selesaikan pembayaran.',
    ],
    nothingToShow: 'Petunjuk pembayaran ini tidak tersedia. Pilih cara bayar lain.',
  },
  en: {
    choose: 'Choose how to pay',
    chooseHere: 'Or choose how to pay here',
    chooseOther: 'Pay in another way',
    methods: {
      qris: 'QRIS',
      gopay: 'GoPay',
      shopeepay: 'ShopeePay',
      bca_va: 'BCA virtual account',
      bni_va: 'BNI virtual account',
      bri_va: 'BRI virtual account',
      mandiri_bill: 'Mandiri bill payment',
      permata_va: 'Permata virtual account',
      card: 'Credit or debit card',
      store: 'Alfamart or Indomaret',
    },
    banks,
    accountAt: (bank) => `${bank} virtual account number`,
    billAt: 'Mandiri bill key',
    billerCode: 'Biller code',
    howTo: 'How to pay',
    steps: {
      bca: [
        'Open BCA mobile, then choose m-Transfer and BCA Virtual Account.',
        'Enter the number above.',
        'Check the name and the amount, then enter your PIN.',
        'At an ATM: Transaksi Lainnya, Transfer, ke Rek BCA Virtual Account.',
      ],
      bni: [
        'Open the BNI app, then choose Transfer and Virtual Account Billing.',
        'Enter the number above.',
        'Check the name and the amount, then enter your transaction PIN.',
        'At an ATM: Menu Lainnya, Transfer, Virtual Account Billing.',
      ],
      bri: [
        'Open BRImo, then choose BRIVA.',
        'Enter the number above.',
        'Check the name and the amount, then enter your PIN.',
        'At an ATM: Transaksi Lain, Pembayaran, Lainnya, BRIVA.',
      ],
      mandiri: [
        "Open Livin' by Mandiri, then choose Bayar and Multipayment.",
        'Enter the biller code, then the bill key above.',
        'Check the name and the amount, then enter your PIN.',
        'At an ATM: Bayar/Beli, Lainnya, Multipayment.',
      ],
      permata: [
        'Open the Permata app, then choose Pembayaran and Virtual Account.',
        'Enter the number above.',
        'Check the name and the amount, then enter your PIN.',
        'At an ATM: Transaksi Lainnya, Pembayaran, Virtual Account.',
      ],
    },
    otherSteps: [
      'Open the app of your bank, then choose a transfer to a virtual account.',
      'Enter the number above.',
      'Check the name and the amount, then finish the payment.',
    ],
    nothingToShow: 'There are no instructions for this payment. Choose another way to pay.',
  },
};
