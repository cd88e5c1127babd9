/** What `naru run` and `naru create` have in common: the image, pulled where it is missing, and a container of it that is not started. */
import { isJsonObject } from '@naru/oci/manifest-json';
import { withDefaultTag } from '@naru/oci/reference';
import { checkName } from '../container/container-options.ts';
import { type Container, ContainerError } from '../container/container.ts';
import type { Lives } from '../container/container-life.ts';
import { chooseRuntime } from '../container/oci-runtime.ts';
import { findInit, needPrograms } from '../container/programs.ts';
import { readSeccompProfile } from '../container/seccomp-profile.ts';
import { wantedPlatform } from '../copy/host-platform.ts';
import { pullImage } from '../copy/pull-image.ts';
import { findImage } from '../layout/find-image.ts';
import type { Image } from '../layout/image.ts';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import { currentOwner } from '../layout/process-owner.ts';
import { randomId } from '../runtime/random-id.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';
import { askedFor, specOf } from './container-spec.ts';
import { changeStore, nameOptions, readStore } from './image-command.ts';
import { openSession } from './session.ts';
import { withTransfer } from './transfer-session.ts';

/** `isForeground`: this command waits for its end. Throws ContainerError. */
export async function createContainer(
  line: ClientCommandLine,
  context: CommandContext,
  lives: Lives,
  { isForeground }: { readonly isForeground: boolean },
): Promise<Container> {
  const { values, words = [] } = line;
  if (process.getuid?.() !== 0) throw new ContainerError('running containers needs root here: try again with sudo');
  needPrograms('conmon', 'umoci', 'unshare', 'mount');
  const asked = askedFor(line, context);
  if (asked.network === 'default') needPrograms('slirp4netns');
  if (line.switches.has('init')) findInit();
  if (asked.security.seccomp === 'default' && readSeccompProfile('default', asked.security) === undefined) await context.terminal.err(noProfile);
  const runtime = await chooseRuntime(values['runtime']);
  const imageName = words[0] ?? '';
  const image = await chooseImage(line, context, imageName);
  return changeStore(line, context, (store) => {
    const config = parseImageConfig(store.readBlob(image.id, configMaxBytes)).json['config'];
    const id = randomId();
    const spec = specOf(line, isJsonObject(config) ? config : {}, { ...asked, id, image, runtime });
    const made: Container = {
      id,
      name: values['name'] === undefined ? `naru_${id.slice(0, 12)}` : checkName(values['name']),
      createdAt: context.clock.now(),
      spec: isForeground ? { ...spec, foreground: currentOwner() } : spec,
      state: { status: 'created', exitCode: 0, restartCount: 0, backOffMs: 0, isStopWanted: false },
    };
    // From here on nobody removes the image without force; until here somebody may have.
    store.change((changes) => {
      if (!changes.listImages().some(({ id: each }) => each === image.id)) throw new ContainerError(`No such image: ${imageName}`);
      lives.rows.insert(made);
    });
    return made;
  });
}

const noProfile =
  'WARNING: no seccomp profile is here, so no system calls are kept from the container: apt install golang-github-containers-common, or containers-common elsewhere\n';

async function chooseImage(line: ClientCommandLine, context: CommandContext, name: string): Promise<Image> {
  const policy = line.values['pull'] ?? 'missing';
  if (!['always', 'missing', 'never'].includes(policy)) {
    throw new ContainerError(`invalid pull option: '${policy}': must be one of "always", "missing" or "never"`);
  }
  const names = await nameOptions(context);
  const find = () => readStore(line, context, (store) => findImage(store.listImages(), name, names));
  const { found, wanted } = await find();
  if (found !== undefined && policy !== 'always') return found.image;
  if (policy === 'never') throw new ContainerError(`No such image: ${wanted}`);
  if (policy === 'missing') await context.terminal.err(`Unable to find image '${wanted}' locally\n`);
  await pull(line, context, name);
  const image = (await find()).found?.image;
  if (image === undefined) throw new ContainerError(`No such image: ${wanted}`);
  return image;
}

/** Docker says all of this on standard error: standard output is the container's. */
async function pull(line: ClientCommandLine, context: CommandContext, name: string): Promise<void> {
  const session = await openSession(line, context);
  const reference = withDefaultTag(session.parseName(name));
  const terminal = { ...context.terminal, out: (text: string) => context.terminal.err(text) };
  try {
    await withTransfer(line, { ...context, terminal }, { session, reference }, async (transfer) => {
      const { isNewer } = await pullImage(transfer, reference, wantedPlatform(line.values['platform'], context.environment, process.arch));
      transfer.progress.line(`Status: ${isNewer ? 'Downloaded newer image' : 'Image is up to date'} for ${transfer.familiar(reference)}`);
    });
  } catch (error) {
    throw new ContainerError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
