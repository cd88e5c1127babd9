/**
 * What an image says of itself to people, by its labels and annotations (image-spec "Pre-Defined
 * Annotation Keys"). They are a stranger's: each is cut to what it may be, and nothing is fetched.
 * Annotations stand for labels of the same name, as with Docker's own tools.
 */
import { textLimits } from './text-limits.ts';

export type ImageWords = { readonly sourceUrl: string; readonly licenses: string; readonly description: string; readonly readme: string };

const keys = {
  sourceUrl: 'org.opencontainers.image.source',
  licenses: 'org.opencontainers.image.licenses',
  description: 'org.opencontainers.image.description',
  /** Markdown, the text itself: the specification has a key for an address only. */
  readme: 'io.naru.image.readme',
} as const;

export function readImageWords(said: Readonly<Record<string, string>>): ImageWords {
  const text = (key: string): string => (Object.hasOwn(said, key) ? (said[key] ?? '') : '').toWellFormed().normalize('NFC');
  const readme = text(keys.readme);
  return {
    sourceUrl: toWebAddress(text(keys.sourceUrl)),
    licenses: toLine(text(keys.licenses)),
    description: toLine(text(keys.description)),
    readme: readme.length > textLimits.readme ? '' : readme,
  };
}

function toLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= textLimits.line ? line : '';
}

/** Pages make a link of it: nothing but the web's own schemes. */
function toWebAddress(text: string): string {
  const url = URL.parse(text.trim());
  return url !== null && /^https?:$/.test(url.protocol) && url.href.length <= textLimits.address ? url.href : '';
}
