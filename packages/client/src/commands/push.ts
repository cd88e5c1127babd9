/** `naru push`, `naru image push`: Docker's flags, lines and texts. */
import { parsePlatform } from '@naru/oci/platform';
import { canonicalName, canonicalString, parseReference, type Reference, withDefaultTag } from '@naru/oci/reference';
import { pushImage } from '../copy/push-image.ts';
import { forPush, type Transfer } from '../copy/transfer.ts';
import { openUploadSessions } from '../layout/upload-sessions.ts';
import { DockerError } from './docker-error.ts';
import { primaryEndpoint } from '../remote/connection.ts';
import type { ClientCommand } from './command.ts';
import { openSession } from './session.ts';
import { withTransfer } from './transfer-session.ts';

export const push: ClientCommand = async (line, context) => {
  const { switches, values, words = [] } = line;
  const { terminal } = context;
  const isAll = switches.has('all-tags');
  const isQuiet = switches.has('quiet');
  const session = await openSession(line, context);
  const named = session.parseName(words[0] ?? '');
  if (named.digest !== undefined) throw new DockerError('cannot push a digest reference');
  if (isAll && named.tag !== undefined) throw new DockerError("tag can't be used with --all-tags/-a");
  const reference = isAll ? named : withDefaultTag(named);
  if (reference !== named && !isQuiet) await terminal.out(`Using default tag: ${reference.tag}\n`);
  const platform = values['platform'] === undefined ? undefined : parsePlatform(values['platform']);

  const notes: string[] = [];
  await withTransfer(line, context, { session, reference }, async (opened) => {
    const transfer = forPush(opened);
    transfer.progress.line(`The push refers to repository [${canonicalName(reference)}]`);
    const sessions = openUploadSessions(transfer.store.root, transfer.clock);
    const tags = localTags(transfer, reference);
    if (tags.length === 0) throw new DockerError(`An image does not exist locally with the tag: ${transfer.familiar(withoutTag(reference))}`);
    // Whoever is not there is found out before the first layer is named.
    await primaryEndpoint(transfer.connection).settle(context.signal);
    for (const one of isAll ? tags : [reference]) {
      await pushImage(transfer, one, { sessions, ...(platform && { platform }), onNote: (text) => notes.push(text) });
    }
  });
  for (const note of notes) await terminal.err(`Note: ${note}\n`);
  if (isQuiet) await terminal.out(`${canonicalString(reference)}\n`);
  return 0;
};

function localTags({ store }: Transfer, reference: Reference): Reference[] {
  const refs = store.listImages().flatMap((image) => image.refs);
  return refs
    .filter(({ kind, repository }) => kind === 'tag' && repository === canonicalName(reference))
    .map(({ name }) => name)
    .sort()
    .map((name) => parseReference(name));
}

function withoutTag({ domain, path }: Reference): Reference {
  return { domain, path };
}
