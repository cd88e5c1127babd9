/** `naru verify IMAGE --key FILE`: is one of the image's signatures by this key? */
import { canonicalName, withDefaultTag } from '@naru/oci/reference';
import { readPublicKey, verifyImage } from '../signing/image-signatures.ts';
import { readKeyFile } from '../signing/key-files.ts';
import type { ClientCommand } from './command.ts';
import { manifestReference, openSession } from './session.ts';

const notVerified = 1;

export const verify: ClientCommand = async (line, context) => {
  const { texts, terminal } = context;
  const [name = ''] = line.words ?? [];
  const keyFile = line.values['key'];
  if (keyFile === undefined) throw new Error(texts.signing.needsKey);
  const session = await openSession(line, context);
  const reference = withDefaultTag(session.parseName(name));
  const repository = await session.openTarget(reference);
  const key = readKey(await readKeyFile(keyFile), texts.signing.keyErrors['not-a-key']);
  const digest =
    reference.digest ??
    (await repository.headManifest(manifestReference(reference)))?.digest ??
    (await repository.getManifest(manifestReference(reference))).digest;
  const signatures = await verifyImage(repository, digest, key);
  const isVerified = signatures.some(({ result }) => result === 'valid');
  const image = `${canonicalName(reference)}@${digest}`;
  if (line.switches.has('json')) await terminal.out(`${JSON.stringify({ image, verified: isVerified, signatures }, null, 2)}\n`);
  else if (isVerified) await terminal.out(`${image}\n`);
  if (!isVerified) await terminal.err(`naru: ${texts.signing.notVerified(image, [...new Set(signatures.map(({ result }) => result))])}\n`);
  return isVerified ? 0 : notVerified;
};

function readKey(pem: string, problem: string) {
  try {
    return readPublicKey(pem);
  } catch (cause) {
    throw new Error(problem, { cause });
  }
}
