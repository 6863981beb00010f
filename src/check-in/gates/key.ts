/**
 * What tells gates apart: the name without case, blanks, invisible characters and differences of Unicode form, and with one
 * kind of hyphen. "VIP Door", "vip  door" and full-width "ＶＩＰＤＯＯＲ" are one gate. Empty when nothing visible is left.
 */
export function gateKey(name: string): string {
  // Labels of scans are mostly plain: that is the hot path.
  if (/^[\x20-\x7e]*$/.test(name)) return name.replaceAll(' ', '').toLowerCase();
  return (
    name
      .normalize('NFKC')
      .replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
      .replace(/[\p{Pd}\u2212]/gu, '-')
      // To and fro: ß, ẞ and SS then come out the same.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
  );
}
