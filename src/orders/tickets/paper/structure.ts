/** The structure of a tagged PDF, by which screen readers read it in order. */
export type Structure = ReturnType<PDFKit.PDFDocument['struct']>;

type Traits = { readonly alt?: string; readonly bbox?: readonly [number, number, number, number] };

/** Marks what `draw` draws as one element below `parent`: a heading, a paragraph, a figure with its text. */
export function asElement(
  { document, parent }: { readonly document: PDFKit.PDFDocument; readonly parent: Structure },
  type: 'H1' | 'P' | 'Span' | 'Figure',
  draw: () => void,
  traits: Traits = {},
): void {
  const element = document.struct(type, traits);
  const content = document.markStructureContent(type);
  draw();
  document.endMarkedContent();
  element.add(content);
  element.end();
  parent.add(element);
}

/** Marks what `draw` draws as decoration, which readers leave out. */
export function asDecoration(document: PDFKit.PDFDocument, draw: () => void): void {
  document.markContent('Artifact', { type: 'Layout' });
  draw();
  document.endMarkedContent();
}
