/** A bar as Docker draws it: `[=====>      ]  12.3MB/45.6MB`, without the box where there is no room. */
import { humanSize } from '../format/human-size.ts';

const cells = 50;
/** Columns; Docker's numbers. */
const boxMinColumns = 110;
const numbersWidth = 8;

export function drawBar({ bytes, of }: { readonly bytes: number; readonly of: number }, columns: number): string {
  if (bytes <= 0 && of <= 0) return '';
  const done = humanSize(bytes, 4);
  if (of <= 0 || bytes > of) return done.padStart(numbersWidth);
  const filled = Math.min(cells, Math.floor((bytes / of) * cells));
  const box = columns > boxMinColumns ? `[${'='.repeat(filled)}>${' '.repeat(cells - filled)}] ` : '';
  return `${box}${done.padStart(numbersWidth)}/${humanSize(of, 4)}`;
}
