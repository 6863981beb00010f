/** The sizes in which a picture is kept, in pixels. All but `share` have the shape of the page's picture. */
export const pictureSizes = {
  small: { width: 480, height: 300 },
  medium: { width: 960, height: 600 },
  large: { width: 1600, height: 1000 },
  /** For previews of a link. Social networks take JPEG only. */
  share: { width: 1200, height: 630 },
} as const;

/** The longer side of the uncut picture, which the desk shows for choosing a focus. */
export const wholeSide = 1000;

/** All files of one picture. The master is not public; other cuts are made from it. */
export const pictureFiles = [
  'small.avif',
  'small.jpg',
  'medium.avif',
  'medium.jpg',
  'large.avif',
  'large.jpg',
  'share.jpg',
  'whole.jpg',
  'master.webp',
] as const;

export type PictureFile = (typeof pictureFiles)[number];

/** A file that anybody may read, with its type. */
export function publicPictureType(name: string): 'image/avif' | 'image/jpeg' | undefined {
  if (!pictureFiles.some((known) => known === name)) return undefined;
  if (name.endsWith('.avif')) return 'image/avif';
  return name.endsWith('.jpg') ? 'image/jpeg' : undefined;
}

/** The key in the storage. */
export const pictureKey = (id: string, file: PictureFile): string => `pictures/${id}-${file}`;

/** The address without the file's name. */
export const picturePath = (id: string): string => `/pictures/${id}`;

/** The point that every cut keeps in view, in percent of width and height. */
export type Focus = { readonly x: number; readonly y: number };
export const centre: Focus = { x: 50, y: 50 };

export const focusOf = (event: { readonly pictureFocusX: number; readonly pictureFocusY: number }): Focus => ({
  x: event.pictureFocusX,
  y: event.pictureFocusY,
});
