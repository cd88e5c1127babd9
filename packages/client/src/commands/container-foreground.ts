/** A container whose end this command waits for: what it prints, what is typed, and the signals that are meant for it. */
import { attach, type Attachment } from '../container/attach-socket.ts';
import type { Container } from '../container/container.ts';
import { containerPaths } from '../container/container-paths.ts';
import { processOf } from '../container/container-process.ts';
import { type Lives, removeContainer, settle, startContainer } from '../container/container-life.ts';
import { defaultDetachKeys, parseDetachKeys, watchKeys } from '../container/detach-keys.ts';
import { openLog } from '../container/log-file.ts';
import { callRuntime } from '../container/oci-runtime.ts';
import { resizeTerminal } from '../container/terminal-size.ts';
import { createLineWriter } from '../progress/line-writer.ts';
import type { CommandContext } from './command.ts';

const pollMs = 50;

type Options = { readonly detachKeys?: string | undefined; readonly noInput?: boolean };

/** Its exit code; 0 when it was left alone. Throws ContainerError. */
export async function startInForeground(lives: Lives, container: Container, context: CommandContext, options: Options = {}): Promise<number> {
  const { spec, id } = container;
  if (spec.input === 'none' && !spec.hasTerminal) {
    await startContainer(lives, id);
    return followLog(lives, container, context);
  }
  let attachment: Attachment | undefined;
  const size = context.terminal.size();
  await startContainer(lives, id, { ...(size && { terminalSize: size }), onCreated: () => (attachment = attach(lives.root, id)) });
  return attachment === undefined ? awaitEnd(lives, container, context) : passThrough(lives, container, attachment, { context, ...options });
}

/** A container that runs already. */
export function joinRunning(lives: Lives, container: Container, context: CommandContext, options: Options = {}): Promise<number> {
  return passThrough(lives, container, attach(lives.root, container.id), { context, ...options });
}

async function passThrough(
  lives: Lives,
  container: Container,
  attachment: Attachment,
  { context, detachKeys = defaultDetachKeys, noInput = false }: Options & { readonly context: CommandContext },
): Promise<number> {
  const { terminal, streams } = context;
  const { id, spec } = container;
  using _attachment = attachment;
  const keys = watchKeys(spec.hasTerminal ? parseDetachKeys(detachKeys) : new Uint8Array());
  using _keys = spec.hasTerminal && !noInput && streams.isInputTerminal() ? terminal.passKeys() : undefined;
  const resize = (size: { readonly columns: number; readonly rows: number }) => resizeTerminal(lives.root, id, size);
  using _size = spec.hasTerminal ? terminal.onResize(resize) : undefined;
  using _signals = spec.hasTerminal ? undefined : passSignals(lives, container, context);
  const size = terminal.size();
  if (spec.hasTerminal && size !== undefined) resize(size);

  const copyOutput = async () => {
    for (;;) {
      const output = await attachment.read();
      if (output === undefined) return 'ended';
      await (output.isError ? streams.errors(output.bytes) : streams.output(output.bytes));
    }
  };
  const copyInput = async () => {
    for await (const chunk of streams.input()) {
      const { bytes, isDetached } = keys.pass(chunk);
      if (bytes.length > 0) await attachment.write(bytes);
      if (isDetached) return 'detached';
    }
    attachment.endInput();
    return new Promise<never>(() => undefined); // what it still prints decides
  };
  const outcome = await Promise.race([copyOutput(), ...(spec.input === 'none' || noInput ? [] : [copyInput()])]);
  if (outcome === 'ended') return await awaitEnd(lives, container, context);
  await terminal.err('read escape sequence\n');
  return 0;
}

async function followLog(lives: Lives, container: Container, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const log = openLog(containerPaths(lives.root, container.id).log);
  const out = createLineWriter((text) => terminal.out(text));
  const err = createLineWriter((text) => terminal.err(text));
  using _signals = passSignals(lives, container, context);
  return await awaitEnd(lives, container, context, async () => {
    for (const { isError, text } of log.read()) (isError ? err : out).write(Buffer.from(text, 'latin1').toString());
    await Promise.all([out.flush(), err.flush()]);
  });
}

function passSignals({ root }: Lives, container: Container, { onSignal }: CommandContext): Disposable {
  return onSignal((name) => void callRuntime(root, container, 'kill', container.id, name));
}

/** `look` is called again and again, and once when all is over. */
async function awaitEnd(lives: Lives, { id, spec }: Container, { clock }: CommandContext, look = async (): Promise<void> => undefined): Promise<number> {
  for (;;) {
    await look();
    const container = lives.rows.get(id);
    if (container === undefined) return 137; // removed by force
    if (container.state.status === 'exited') {
      await look();
      if (spec.removeAtEnd) await removeContainer(lives, container, { force: true, volumes: true });
      return container.state.exitCode;
    }
    if (container.state.status === 'running' && processOf(container) === undefined) await settle(lives, id);
    else await clock.sleep(pollMs);
  }
}
