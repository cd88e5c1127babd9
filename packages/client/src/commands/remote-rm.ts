/** `naru remote rm REF…`: a tag goes alone, a digest with all its tags. Goes on after a failure, and says so in the exit code. */
import { canonicalName } from '@naru/oci/reference';
import { isRemoteError, RemoteError } from '../remote/remote-error.ts';
import type { ClientTexts } from '../language/client-texts.ts';
import type { Repository } from '../remote/repository.ts';
import type { Reference } from '@naru/oci/reference';
import type { ClientCommand } from './command.ts';
import { describeError } from './describe-error.ts';
import { openSession } from './session.ts';

export const remoteRm: ClientCommand = async (line, context) => {
  const { terminal, texts } = context;
  const session = await openSession(line, context);
  let failures = 0;
  for (const word of line.words ?? []) {
    try {
      const reference = session.parseName(word);
      const repository = await session.openTarget(reference);
      await terminal.out(`${await remove(repository, reference, texts)}\n`);
    } catch (error) {
      failures++;
      await terminal.err(describeError(error, line.name, texts).text);
    }
  }
  return failures === 0 ? 0 : 1;
};

async function remove(repository: Repository, reference: Reference, texts: ClientTexts): Promise<string> {
  const { tag, digest } = reference;
  if (digest !== undefined) {
    await repository.deleteManifest(digest);
    return `Deleted: ${canonicalName(reference)}@${digest}`;
  }
  // A missing tag must not mean "latest" where something is deleted.
  if (tag === undefined) throw new Error(texts.remove.sayWhat(canonicalName(reference)));
  try {
    await repository.deleteTag(tag);
  } catch (error) {
    if (!isRemoteError(error, 'refused') || (error.status !== 400 && error.status !== 405)) throw error;
    const head = await repository.headManifest(tag).catch(() => undefined); // only for the remedy
    throw new RemoteError('refused', `this registry does not delete a tag alone (${error.message})`, {
      ...(head?.digest !== undefined && { remedy: { kind: 'delete-by-digest', name: `${canonicalName(reference)}@${head.digest}` } }),
      cause: error,
    });
  }
  return `Untagged: ${canonicalName(reference)}:${tag}`;
}
