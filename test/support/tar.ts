/** A tar of what a test names: files, folders, links, whatever a header can say. */
export type TarItem = {
  readonly name: string;
  readonly type?: string;
  readonly content?: string | Uint8Array;
  readonly target?: string;
  readonly mode?: number;
};

export function makeTar(items: readonly TarItem[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([...items.flatMap(toBlocks), Buffer.alloc(1024)]));
}

function toBlocks({ name, type = name.endsWith('/') ? '5' : '0', content = '', target = '', mode = 0o644 }: TarItem): Buffer[] {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\0'.repeat(2), 108);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148); // the checksum counts itself as spaces
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}
