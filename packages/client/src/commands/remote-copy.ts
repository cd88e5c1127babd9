/** `naru remote copy SOURCE TARGET`: from registry to registry, past the local store. */
import { parsePlatform } from '@naru/oci/platform';
import { canonicalName, canonicalString, withDefaultTag } from '@naru/oci/reference';
import { copyImage } from '../remote/copy-image.ts';
import { defaultRetryPolicy } from '../remote/retry.ts';
import { systemClock } from '../runtime/clock.ts';
import type { ClientCommand } from './command.ts';
import { manifestReference, openSession } from './session.ts';

export const remoteCopy: ClientCommand = async (line, context) => {
  const { terminal, texts } = context;
  const session = await openSession(line, context);
  const [sourceName = '', targetName = ''] = line.words ?? [];
  const from = withDefaultTag(session.parseName(sourceName));
  const to = session.parseName(targetName);
  if (to.digest !== undefined) throw new Error(texts.copy.targetIsTag);
  // Without a tag the copy gets the source's; a copy by digest has none, and needs none.
  const targetTag = to.tag ?? from.tag;
  const copied = await copyImage({
    source: (await session.open(from)).repository,
    target: await session.openTarget(to),
    sourceReference: manifestReference(from),
    ...(targetTag !== undefined && { targetTag }),
    platforms: (line.lists?.['platform'] ?? []).map(parsePlatform),
    withReferrers: line.switches.has('referrers'),
    retry: defaultRetryPolicy,
    clock: systemClock,
    onEvent({ kind, digest }) {
      if (!line.switches.has('quiet') && !line.switches.has('json')) void terminal.err(`${shortId(digest)}: ${texts.copy[kind]}\n`);
    },
  });
  const name = targetTag === undefined ? `${canonicalName(to)}@${copied.digest}` : canonicalString({ ...to, tag: targetTag });
  if (line.switches.has('json'))
    await terminal.out(`${JSON.stringify({ name, digest: copied.digest, mediaType: copied.mediaType, size: copied.sizeBytes }, null, 2)}\n`);
  else if (line.switches.has('quiet')) await terminal.out(`${canonicalName(to)}@${copied.digest}\n`);
  else await terminal.out(`${targetTag ?? copied.digest}: digest: ${copied.digest} size: ${copied.sizeBytes}\n`);
  return 0;
};

function shortId(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 12);
}
