import type { InEach } from '../../../language.ts';

const id = {
  title: 'Gambar acara',
  lead: 'Tampil di halaman acara, di daftar acara, dan saat tautannya dibagikan. Tanpa gambar, halaman memakai ilustrasi.',
  upload: 'Unggah gambar',
  replace: 'Ganti gambar',
  file: 'Berkas gambar',
  fileHint:
    'JPEG, PNG, WebP atau AVIF, paling sedikit 960 × 600 piksel, paling besar 12 MB. Data kamera dan lokasi dihapus.',
  alt: 'Isi gambar',
  altHint: 'Untuk orang yang tidak melihatnya. Kosongkan bila gambar hanya hiasan.',
  cut: 'Potongan',
  cutText: 'Pilih titik yang harus selalu terlihat: klik pada gambar, atau geser kedua garis.',
  focusX: 'Dari kiri ke kanan',
  focusY: 'Dari atas ke bawah',
  whole: 'Gambar utuh',
  onPages: 'Di halaman dan daftar',
  onLinks: 'Saat tautan dibagikan',
  save: 'Simpan potongan',
  remove: 'Hapus gambar',
};

const en: typeof id = {
  title: 'Picture',
  lead: 'Shown on the page of the event, in lists, and when its link is shared. Without a picture the page shows a drawing.',
  upload: 'Upload a picture',
  replace: 'Replace the picture',
  file: 'Picture file',
  fileHint: 'JPEG, PNG, WebP or AVIF, at least 960 × 600 pixels, at most 12 MB. Camera data and location are removed.',
  alt: 'What it shows',
  altHint: 'For people who do not see it. Leave it empty if the picture is only decoration.',
  cut: 'Cut',
  cutText: 'Choose the point that always stays in view: click the picture, or move the two sliders.',
  focusX: 'From left to right',
  focusY: 'From top to bottom',
  whole: 'Whole picture',
  onPages: 'On pages and in lists',
  onLinks: 'When the link is shared',
  save: 'Save the cut',
  remove: 'Remove the picture',
};

export const pictureWords: InEach<typeof id> = { id, en };
