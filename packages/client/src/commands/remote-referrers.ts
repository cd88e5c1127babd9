/** `naru remote referrers REF`: signatures, reports and other things that refer to an image. */
import { withDefaultTag } from '@naru/oci/reference';
import { alignColumns } from '../format/table.ts';
import { printable } from '../remote/remote-error.ts';
import type { ClientCommand } from './command.ts';
import { manifestReference, openSession } from './session.ts';

export const remoteReferrers: ClientCommand = async (line, context) => {
  const session = await openSession(line, context);
  const reference = withDefaultTag(session.parseName(line.words?.[0] ?? ''));
  const { repository } = await session.open(reference);
  const digest = reference.digest ?? (await repository.getManifest(manifestReference(reference))).digest;
  const artifactType = line.values['artifact-type'];
  if (artifactType === '') throw new Error(context.texts.artifactTypeIsMediaType);
  const referrers = await repository.listReferrers(digest, artifactType === undefined ? {} : { artifactType });
  if (line.switches.has('json')) {
    await context.terminal.out(`${JSON.stringify({ subject: digest, referrers }, null, 2)}\n`);
    return 0;
  }
  const rows = referrers.map((referrer) => `${referrer.digest}\t${printable(referrer.artifactType ?? referrer.mediaType)}\t${referrer.size}`);
  await context.terminal.out(alignColumns(['DIGEST\tARTIFACT TYPE\tSIZE', ...rows]));
  return 0;
};
