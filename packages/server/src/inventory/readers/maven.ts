/**
 * Java archives: Maven's pom.properties of each artifact inside, and of the archives in them; where
 * there are none, the name and the version that the manifest gives.
 */
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { type Found, found, type FoundPackage, PackageProblem, type PackageReader, text } from './reader.ts';

const depthMax = 3;
const entriesMax = 50_000;
const propertiesMaxBytes = 64 * 1024;
/** Of the archives inside one, together. */
const nestedMaxBytes = 256 * 1024 * 1024;

export const mavenReader: PackageReader = {
  wants: (path) => isArchive(path),
  maxBytes: 128 * 1024 * 1024,
  async read(content, path): Promise<Found> {
    const budget = { bytes: nestedMaxBytes, entries: entriesMax, isDeeper: false };
    const packages = await readArchive(content, path, { depth: 0, budget });
    return { packages, ...(budget.isDeeper && { problem: `archives in it are more than ${depthMax} deep` }) };
  },
};

type Place = { readonly depth: number; readonly budget: { bytes: number; entries: number; isDeeper: boolean } };

function isArchive(path: string): boolean {
  return /\.(jar|war|ear|par|hpi|jpi)$/i.test(path);
}

async function readArchive(content: Buffer, path: string, { depth, budget }: Place): Promise<FoundPackage[]> {
  const packages: FoundPackage[] = [];
  let manifest: FoundPackage | undefined;
  const zip = await open(content);
  for await (const entry of entries(zip)) {
    if (--budget.entries < 0) throw new PackageProblem(`it has more than ${entriesMax} files`);
    const name = entry.fileName;
    if (/^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/.test(name)) packages.push(...fromProperties(await readEntry(zip, entry, propertiesMaxBytes)));
    else if (name === 'META-INF/MANIFEST.MF') manifest = fromManifest(await readEntry(zip, entry, propertiesMaxBytes), path);
    else if (isArchive(name) && depth < depthMax) {
      const inside = await readEntry(zip, entry, budget.bytes);
      budget.bytes -= inside.length;
      packages.push(...(await readArchive(inside, name, { depth: depth + 1, budget })));
    } else if (isArchive(name)) budget.isDeeper = true;
  }
  return packages.length > 0 || manifest === undefined ? packages : [manifest];
}

function fromProperties(content: Buffer): FoundPackage[] {
  const value = (key: string): string => text(new RegExp(`^${key}=(.*)$`, 'm').exec(content.toString('utf8'))?.[1]);
  const [group, name, version] = [value('groupId'), value('artifactId'), value('version')];
  return name === '' || version === '' ? [] : [found('maven', name, version, { namespace: group })];
}

/** The name is the file's, since a manifest has titles for people. */
function fromManifest(content: Buffer, path: string): FoundPackage | undefined {
  const value = (key: string): string => text(new RegExp(`^${key}: ?(.*)$`, 'm').exec(content.toString('utf8'))?.[1]);
  const version = value('Implementation-Version') || value('Bundle-Version');
  const [, name = ''] = /([^/]+?)(?:-\d[^/]*)?\.\w+$/.exec(path) ?? [];
  return version === '' || name === '' ? undefined : found('maven', name, version, { namespace: value('Implementation-Vendor-Id') });
}

function open(content: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(content, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) reject(new PackageProblem(`it is no zip: ${error.message}`));
      else resolve(zip);
    });
  });
}

async function* entries(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.once('error', (error: Error) => reject(new PackageProblem(`it is a broken zip: ${error.message}`)));
      zip.readEntry();
    });
    zip.removeAllListeners();
    if (entry === undefined) return;
    yield entry;
  }
}

/** Throws PackageProblem beyond `maxBytes`, whatever the entry says of its size. */
async function readEntry(zip: ZipFile, entry: Entry, maxBytes: number): Promise<Buffer> {
  if (entry.uncompressedSize > maxBytes) throw new PackageProblem(`${entry.fileName} in it is too large`);
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error ? reject(new PackageProblem(`${entry.fileName} in it: ${error.message}`)) : resolve(opened)));
  });
  const pieces: Buffer[] = [];
  try {
    for await (const piece of stream) pieces.push(piece as Buffer);
  } catch (error) {
    throw new PackageProblem(`${entry.fileName} in it: ${error instanceof Error ? error.message : String(error)}`);
  }
  return Buffer.concat(pieces);
}
