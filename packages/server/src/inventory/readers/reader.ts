/** What every reader of installed packages is: it names the files that it wants, and reads one of them. */
import type { InstalledPackage } from '../package.ts';

export type FoundPackage = Omit<InstalledPackage, 'layer'>;

export type LayerFile = {
  /** Below the root of the image, without a slash in front. */
  readonly path: string;
  readonly bytes: number;
  readonly isExecutable: boolean;
};

export type PackageReader = {
  readonly name: string;
  /** By the path alone where that tells enough: it is asked about every file of a layer. */
  wants(file: LayerFile): boolean;
  /** The content comes once and in pieces, as it stands in the layer. Throws PackageProblem for what it cannot understand. */
  read(file: LayerFile, content: AsyncIterable<Uint8Array>): Promise<readonly FoundPackage[]>;
};

/** A file that says what is installed, and cannot be understood: the inventory goes on and names it. */
export class PackageProblem extends Error {
  override readonly name = 'PackageProblem';
}

/** Throws PackageProblem beyond `maxBytes`, without having kept more. */
export async function wholeFile({ bytes }: LayerFile, content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  if (bytes > maxBytes) throw new PackageProblem(`larger than ${maxBytes} bytes`);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    length += piece.byteLength;
    if (length > maxBytes) throw new PackageProblem(`larger than ${maxBytes} bytes`);
    // The memory of a piece is its giver's again when the next one is asked for.
    pieces.push(Uint8Array.from(piece));
  }
  return Buffer.concat(pieces);
}
