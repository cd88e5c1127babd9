/**
 * Headers of a tar that every reader takes: ustar, with a pax record where a name is longer or a file
 * larger than ustar can say. Times are zero and the owner is root, so that equal content makes equal
 * archives.
 */
const blockBytes = 512;
const largestUstarBytes = 8 ** 11 - 1;

export function tarHeader(name: string, sizeBytes: number): Buffer {
  const needsPax = Buffer.byteLength(name) > 100 || sizeBytes > largestUstarBytes;
  if (!needsPax) return ustarHeader({ name, sizeBytes, type: '0', mode: 0o644 });
  const records = Buffer.from([paxRecord('path', name), paxRecord('size', String(sizeBytes))].join(''));
  const short = ustarHeader({ name: name.slice(0, 100), sizeBytes: Math.min(sizeBytes, largestUstarBytes), type: '0', mode: 0o644 });
  return Buffer.concat([ustarHeader({ name: 'pax_header', sizeBytes: records.length, type: 'x', mode: 0o644 }), records, tarPadding(records.length), short]);
}

export function tarFolder(name: string): Buffer {
  return ustarHeader({ name: `${name}/`, sizeBytes: 0, type: '5', mode: 0o755 });
}

/** What follows the data. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

export const tarEnd: Buffer = Buffer.alloc(2 * blockBytes);

function ustarHeader({ name, sizeBytes, type, mode }: { name: string; sizeBytes: number; type: string; mode: number }): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 100);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(sizeBytes, 11), 124);
  block.write(octal(0, 11), 136);
  block.write('        ', 148); // the sum counts its own field as blanks
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** The length in front counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
