/** `naru pull`, `naru image pull`: Docker's flags, lines and texts. */
import { canonicalString, type Reference, withDefaultTag, withTag } from '@naru/oci/reference';
import { wantedPlatform } from '../copy/host-platform.ts';
import { pullError } from '../copy/pull-error.ts';
import { pullImage } from '../copy/pull-image.ts';
import type { Transfer } from '../copy/transfer.ts';
import { DockerError } from './docker-error.ts';
import type { ClientCommand } from './command.ts';
import { openSession } from './session.ts';
import { withTransfer } from './transfer-session.ts';

export const pull: ClientCommand = async (line, context) => {
  const { switches, values, words = [] } = line;
  const { terminal } = context;
  const isAll = switches.has('all-tags');
  const isQuiet = switches.has('quiet');
  const session = await openSession(line, context);
  const named = session.parseName(words[0] ?? '');
  if (isAll && (named.tag !== undefined || named.digest !== undefined)) throw new DockerError("tag can't be used with --all-tags/-a");
  const reference = isAll ? named : withDefaultTag(named);
  if (reference !== named && !isQuiet) await terminal.out(`Using default tag: ${reference.tag}\n`);
  const platform = wantedPlatform(values['platform'], context.environment, process.arch);

  // A digest decides, whatever tag stands before it.
  const { tag: _, ...byDigest } = reference;
  const asked: Reference = reference.digest === undefined ? reference : byDigest;
  await withTransfer(line, context, { session, reference }, async (transfer) => {
    let isNewer = false;
    for await (const one of isAll ? allTags(transfer, asked) : [asked]) {
      isNewer = (await pullImage(transfer, one, platform)).isNewer || isNewer;
    }
    transfer.progress.line(`Status: ${isNewer ? 'Downloaded newer image' : 'Image is up to date'} for ${transfer.familiar(asked)}`);
  });
  await terminal.out(`${canonicalString(asked)}\n`);
  return 0;
};

async function* allTags(transfer: Transfer, reference: Reference): AsyncGenerator<Reference> {
  try {
    for await (const tag of transfer.repository.listTags(transfer.signal === undefined ? {} : { signal: transfer.signal })) yield withTag(reference, tag);
  } catch (error) {
    throw await pullError(error, reference, transfer);
  }
}
