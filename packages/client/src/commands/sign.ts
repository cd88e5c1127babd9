/** `naru sign IMAGE --key FILE`, and `naru sign --generate-key`: signatures that cosign reads, by keys that cosign reads. */
import { canonicalName, withDefaultTag } from '@naru/oci/reference';
import { generateKey, SigningKeyError, unlockKey } from '../signing/cosign-key.ts';
import { signImage } from '../signing/image-signatures.ts';
import { readKeyFile, writeKeyFiles } from '../signing/key-files.ts';
import type { ClientCommand, CommandContext } from './command.ts';
import { manifestReference, openSession } from './session.ts';

export const sign: ClientCommand = async (line, context) => {
  const { texts, terminal } = context;
  const [name] = line.words ?? [];
  if (line.switches.has('generate-key')) return generate(line.values['output'] ?? 'cosign', context);
  const keyFile = line.values['key'];
  if (name === undefined || keyFile === undefined) throw new Error(texts.signing.needsKey);
  const session = await openSession(line, context);
  const reference = withDefaultTag(session.parseName(name));
  const repository = await session.openTarget(reference);
  const pem = await readKeyFile(keyFile);
  const key = await unlock(pem, context);
  const digest =
    reference.digest ??
    (await repository.headManifest(manifestReference(reference)))?.digest ??
    (await repository.getManifest(manifestReference(reference))).digest;
  const manifest = await signImage(repository, digest, canonicalName(reference), key);
  await terminal.err(`${texts.signing.signed(`${canonicalName(reference)}@${digest}`)}\n`);
  await terminal.out(`${manifest}\n`);
  return 0;
};

async function generate(prefix: string, context: CommandContext): Promise<number> {
  const { texts, terminal } = context;
  const password = await readPassword(texts.signing.newPassword, context);
  try {
    await writeKeyFiles(prefix, generateKey(password));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw new Error(texts.signing.exists(prefix), { cause: error });
    throw error;
  }
  await terminal.out(`${prefix}.key\n${prefix}.pub\n`);
  return 0;
}

async function unlock(pem: string, context: CommandContext) {
  try {
    return unlockKey(pem, await readPassword(context.texts.signing.password, context));
  } catch (error) {
    if (error instanceof SigningKeyError) throw new Error(context.texts.signing.keyErrors[error.kind], { cause: error });
    throw error;
  }
}

/** cosign's own variable, so that a pipeline needs no other. */
async function readPassword(question: string, { environment, terminal, texts }: CommandContext): Promise<string> {
  const given = environment['COSIGN_PASSWORD'];
  if (given !== undefined) return given;
  if (!terminal.isInteractive()) throw new Error(texts.signing.sayPassword);
  return terminal.ask(question, { hidden: true });
}
