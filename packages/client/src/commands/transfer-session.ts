/** What `pull` and `push` begin with: the registry, the store, and a way to say how it goes. */
import { familiarString, type Reference } from '@naru/oci/reference';
import type { Transfer } from '../copy/transfer.ts';
import { dataRoot } from '../layout/data-root.ts';
import { type ImageStore, openImageStore } from '../layout/open-image-store.ts';
import { storeError } from '../layout/store-error.ts';
import { createPlainProgress } from '../progress/plain-progress.ts';
import { noProgress, type Progress } from '../progress/progress.ts';
import { createTerminalProgress } from '../progress/terminal-progress.ts';
import { systemClock } from '../runtime/clock.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';
import type { Session } from './session.ts';

/** The store is open while `work` runs, and everything said is written before this returns. */
export async function withTransfer(
  line: ClientCommandLine,
  context: CommandContext,
  { session, reference }: { readonly session: Session; readonly reference: Reference },
  work: (transfer: Transfer) => Promise<void>,
): Promise<void> {
  const { environment, homeFolder, signal } = context;
  const root = dataRoot(line.values['data-root'], environment, homeFolder);
  const progress = openProgress(line, context);
  try {
    using store: ImageStore = openImageStore(root, systemClock);
    const familiar = (name: Reference): string => familiarString(name, { defaultRegistry: session.config.defaultRegistry });
    await work({ store, ...(await session.open(reference)), progress, clock: systemClock, familiar, ...(signal && { signal }) });
  } catch (error) {
    throw storeError(error, root);
  } finally {
    await progress.flush();
  }
}

/** Docker's progress goes to standard output; `--quiet` leaves the result alone there. */
function openProgress({ switches }: ClientCommandLine, { terminal }: CommandContext): Progress {
  if (switches.has('quiet')) return noProgress;
  if (terminal.columns() === undefined) return createPlainProgress((text) => terminal.out(text));
  const screen = { write: (text: string) => terminal.out(text), columns: () => terminal.columns() ?? 80 };
  return createTerminalProgress(screen, systemClock);
}
