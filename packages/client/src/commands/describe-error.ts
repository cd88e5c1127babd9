/**
 * A failure as it is printed. A line that Docker has is Docker's, with its `Error response from daemon:`
 * where Docker's has it, although there is no daemon here: people search for the line and scripts match
 * it. Every line of ours begins with `naru:`. So one word tells which is which (docs/decisions, "Two
 * languages").
 */
import { ImageReferenceError } from '@naru/oci/reference';
import { ArchiveError } from '../archive/archive-names.ts';
import { CompressionError } from '@naru/archive/compression-error';
import { AuthFileError } from '../credentials/auth-file.ts';
import { NoSuchImage } from '../filter/filter-images.ts';
import { FilterError } from '../filter/parse-filters.ts';
import { PatternError } from '../filter/path-match.ts';
import { TemplateError } from '../format/template/template-error.ts';
import { type ClientTexts, remedyText } from '../language/client-texts.ts';
import { StoreError } from '../layout/store-error.ts';
import { RemoteError } from '../remote/remote-error.ts';
import { ClientConfigError } from '../routing/client-config.ts';
import { DockerError } from './docker-error.ts';
import { daemonText, exitCodes } from './image-command.ts';

export type DescribedError = { readonly text: string; readonly exitCode: number };

/** `docker` is a line of Docker's command line, `daemon` one of its daemon, `naru` one of ours. */
type Voice = 'docker' | 'daemon' | 'naru';

/** Who says so at Docker when a registry refuses something. What a push meets is told while it runs, and stands alone. */
const registryVoices: Readonly<Record<string, Voice>> = {
  pull: 'daemon',
  'image pull': 'daemon',
  login: 'daemon',
  search: 'daemon',
  push: 'docker',
  'image push': 'docker',
};

/** Names are read by Docker's command line for these, and by its daemon for all other verbs on images. */
const readsNamesItself = new Set(['pull', 'image pull', 'push', 'image push', 'login', 'logout']);

/** `verb` as the command table has it. */
export function describeError(thrown: unknown, verb: string, texts: ClientTexts): DescribedError {
  const error = firstOf(thrown);
  const message = error instanceof Error ? error.message : String(error);
  const line = { docker: message, daemon: daemonText(message), naru: ourLines(message) }[voiceOf(error, verb)];
  const remedy = remedyOf(error, texts);
  return {
    text: `${line}\n${remedy === '' ? '' : `${ourLines(remedy)}\n`}`,
    exitCode: error instanceof FilterError && error.isFlagMistake ? exitCodes.badFlag : exitCodes.failed,
  };
}

/** What went wrong first: what then could not be let go of, on a full disk for example, followed from it. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

/** Each line of it. */
export function ourLines(text: string): string {
  return text.replaceAll(/^/gm, 'naru: ');
}

function voiceOf(error: unknown, verb: string): Voice {
  if (error instanceof DockerError || error instanceof TemplateError || error instanceof ArchiveError || error instanceof CompressionError) return 'docker';
  if (error instanceof FilterError) return error.isFlagMistake ? 'docker' : 'daemon';
  if (error instanceof PatternError || error instanceof NoSuchImage) return 'daemon';
  if (error instanceof ImageReferenceError) return /^(remote|ref|config)\b/.test(verb) ? 'naru' : readsNamesItself.has(verb) ? 'docker' : 'daemon';
  if (error instanceof RemoteError) {
    // Docker's daemon finds this out while it already tells how the download goes.
    if (error.kind === 'wrong-content' && registryVoices[verb] === 'daemon') return 'docker';
    return registryVoices[verb] ?? 'naru';
  }
  if (error instanceof StoreError && (error.kind === 'not-found' || error.kind === 'wrong-content'))
    return registryVoices[verb] === undefined ? 'naru' : 'docker';
  return 'naru';
}

function remedyOf(error: unknown, texts: ClientTexts): string {
  if (error instanceof RemoteError) return error.remedy === undefined ? texts.remoteErrors[error.kind] : remedyText(texts, error.remedy);
  if (error instanceof StoreError) return texts.storeErrors[error.kind];
  if (error instanceof ClientConfigError) return texts.settingsFile;
  if (error instanceof AuthFileError) return texts.credentialsFile;
  return '';
}
