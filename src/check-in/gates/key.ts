/**
 * The key of a gate's name: without case, blanks, invisible characters and differences of Unicode form, and with one kind of
 * hyphen. "VIP Door", "vip  door" and full-width "ＶＩＰＤＯＯＲ" are one gate. Empty when nothing visible is left.
 */
export function gateKey(name: string): string {
  // The hot path: most labels in scans are plain ASCII.
  if (/^[\x20-\x7e]*$/.test(name)) return name.replaceAll(' ', '').toLowerCase();
  return (
    name
      .normalize('NFKC')
      .replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
      .replace(/[\p{Pd}\u2212]/gu, '-')
      // Lower, upper, lower: ß, ẞ and SS then give the same key.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
  );
}
