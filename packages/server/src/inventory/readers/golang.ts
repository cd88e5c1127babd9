/**
 * Go programs say which modules they are made of: the build information, found by its magic bytes
 * wherever the linker has put it (Go's debug/buildinfo). Since Go 1.18 the texts follow the magic;
 * programs of before point to them, and are passed over.
 */
import { type Found, found, type FoundPackage, noPackages, PackageProblem, type PackageReader, type PackageSearch } from './reader.ts';

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const alignment = 16;
const headerBytes = 32;
const inlineFlag = 2;
/** Around the text of the modules, so that `go version -m` can find it by itself. */
const markBytes = 16;
const textMaxBytes = 8 * 1024 * 1024;

export const golangReader: PackageReader = {
  wants: (_, isExecutable) => isExecutable,
  maxBytes: 96 * 1024 * 1024,
  isLike: isProgram,
  search: searchInformation,
  read(content) {
    const at = findMagic(content, 0);
    return at === undefined || at + headerBytes > content.length ? noPackages : readInformation(content, at);
  },
};

/** Programs that look for it themselves have the magic elsewhere, too. `offset`: of the content in the program. */
function findMagic(content: Buffer, offset: number): number | undefined {
  for (let at = content.indexOf(magic); at >= 0; at = content.indexOf(magic, at + 1)) if ((offset + at) % alignment === 0) return at;
  return undefined;
}

/** Keeps what may be the beginning of the magic, and from there on as much as its texts may take. */
function searchInformation(): PackageSearch {
  const keptMax = headerBytes + 2 * textMaxBytes;
  let kept = Buffer.alloc(0);
  let offset = 0;
  let begins = false;
  let answer: Found | undefined;
  return {
    take(chunk) {
      if (answer !== undefined || (begins && kept.length >= keptMax)) return;
      kept = Buffer.concat([kept, chunk]);
      if (!begins) {
        const at = findMagic(kept, offset) ?? Math.max(0, kept.length - magic.length + 1);
        begins = kept.indexOf(magic, at) === at;
        offset += at;
        kept = Buffer.from(kept.subarray(at));
      }
      if (begins && kept.length >= headerBytes) answer = tryReading(kept);
    },
    end: () => answer ?? (begins ? readInformation(kept, 0) : noPackages),
  };
}

/** Undefined while a part of it is still to come. */
function tryReading(content: Buffer): Found | undefined {
  try {
    return readInformation(content, 0);
  } catch (error) {
    if (error instanceof PackageProblem) return undefined;
    throw error;
  }
}

function readInformation(content: Buffer, at: number): Found {
  if (((content[at + 15] ?? 0) & inlineFlag) === 0) throw new PackageProblem('it was built by a Go before 1.18, which names its modules elsewhere');
  const version = readText(content, at + headerBytes);
  const modules = readText(content, version.end);
  return { packages: [...standardLibrary(version.value), ...listModules(modules.value.slice(markBytes, -markBytes))] };
}

/** ELF, PE, Mach-O of either order, and several Mach-O in one. */
export function isProgram(head: Buffer): boolean {
  const four = head.subarray(0, 4).toString('hex');
  return ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe'].includes(four) || four.startsWith('4d5a');
}

/** Throws PackageProblem. */
function readText(content: Buffer, start: number): { value: string; end: number } {
  let length = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = content[at++];
    if (byte === undefined || shift > 28) throw new PackageProblem('its build information is broken');
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > textMaxBytes || at + length > content.length) throw new PackageProblem('its build information is broken');
  return { value: content.toString('utf8', at, at + length), end: at + length };
}

/** `go1.22.3 X:boringcrypto` */
function standardLibrary(version: string): FoundPackage[] {
  const [, number] = /^go(\d+(?:\.\d+)*(?:(?:rc|beta)\d+)?)/.exec(version) ?? [];
  return number === undefined ? [] : [found('golang', 'stdlib', number)];
}

/** Lines of `mod`, `dep` and `=>`, which stands in the place of the one above it; a program built in its folder is `(devel)`. */
function listModules(lines: string): FoundPackage[] {
  const modules: FoundPackage[] = [];
  for (const line of lines.split('\n')) {
    const [kind, path, version] = line.split('\t');
    if (kind === '=>') modules.pop();
    if ((kind === 'mod' || kind === 'dep' || kind === '=>') && path && version && version !== '(devel)') modules.push(found('golang', path, version));
  }
  return modules;
}
