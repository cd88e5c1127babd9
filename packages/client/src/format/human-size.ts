/**
 * Sizes as Docker prints them: powers of a thousand, cut to significant digits by C's `%g`. That
 * rule has a corner which Docker's users see too: 999.6 kB with three digits is `1e+03kB`.
 */
const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

/** Columns have three digits, totals four. */
export function humanSize(sizeBytes: number, digits: 3 | 4): string {
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${significant(size, digits)}${units[unit]}`;
}

/** `%.*g` of C and Go. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= digits || exponent < -4) return `${withoutZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return withoutZeros(value.toFixed(digits - 1 - exponent));
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
