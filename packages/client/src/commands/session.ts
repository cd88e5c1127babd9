/** What the commands that speak with registries begin with: settings, credentials, and the way to a registry. */
import { parseNormalizedName, type Reference } from '@naru/oci/reference';
import { type CredentialStore, openCredentialStore } from '../credentials/credential-store.ts';
import { type Connection, withoutMirrors } from '../remote/connection.ts';
import { openRepository, type Repository } from '../remote/repository.ts';
import { createRouter, type Router } from '../routing/router.ts';
import type { ClientConfig } from '../routing/client-config.ts';
import { readClientConfig } from '../routing/client-config-file.ts';
import { systemClock } from '../runtime/clock.ts';
import { warningText } from '../language/client-texts.ts';
import type { Warning } from '../remote/warning.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';

export type Session = {
  readonly config: ClientConfig;
  readonly credentials: CredentialStore;
  readonly router: Router;
  /** A name as people write it, with the registry that it means. */
  parseName(text: string): Reference;
  open(reference: Reference): Promise<{ readonly repository: Repository; readonly connection: Connection }>;
  /** The registry itself, never a mirror of it. */
  openTarget(reference: Reference): Promise<Repository>;
};

export async function openSession({ values }: ClientCommandLine, context: CommandContext): Promise<Session> {
  const { environment, homeFolder, terminal, texts, version, processId } = context;
  const config = await readClientConfig(context);
  const shown = new Set<string>();
  const warn = (warning: Warning) => {
    const text = warningText(texts, warning);
    // A registry that says the same with every answer says it once.
    if (shown.has(text)) return;
    shown.add(text);
    void terminal.err(`WARNING: ${text}\n`);
  };
  const credentials = openCredentialStore({
    environment,
    homeFolder,
    ...(values['config'] !== undefined && { configFolder: values['config'] }),
    onWarning: warn,
    temporaryName: () => `${processId}-${systemClock.now()}.tmp`,
  });
  const router = createRouter({ environment, homeFolder, config, credentials, clock: systemClock, userAgent: `naru/${version}`, onWarning: warn });
  return {
    config,
    credentials,
    router,
    parseName: (text) => parseNormalizedName(text, { defaultRegistry: config.defaultRegistry }),
    async open(reference) {
      const connection = await router.connect(reference.domain);
      return { repository: openRepository(reference, connection), connection };
    },
    openTarget: async (reference) => openRepository(reference, withoutMirrors(await router.connect(reference.domain))),
  };
}

/** What a manifest is asked for by: the digest, when there is one, decides. */
export function manifestReference({ tag, digest }: Reference): string {
  return digest ?? tag ?? 'latest';
}
