/**
 * Where credentials are looked up and kept, in the order of the tools that people already use:
 *
 *   DOCKER_AUTH_CONFIG       JSON in the environment
 *   REGISTRY_AUTH_FILE       Podman's, when it is named
 *   Docker's config.json     an entry for the namespace, then credHelpers, credsStore, the host's entry
 *   Podman's auth.json       in the runtime folder, then in the configuration folder
 *
 * A helper that does not work costs a warning, not the command: the file is asked, or written, instead.
 */
import type { Credential, CredentialSource } from '../remote/credential.ts';
import type { Warning } from '../remote/warning.ts';
import { type Environment, readVariable, type Surroundings } from '../routing/environment.ts';
import { readAuthEntry, usernameIn, writeAuthEntry } from './auth-entry.ts';
import { type AuthFile, authsOf, changeAuthFile, objectIn, parseAuthFile, readAuthFile, withAuth, withoutAuths } from './auth-file.ts';
import { type CredentialHelper, CredentialHelperError, openCredentialHelper } from './credential-helper.ts';
import { credentialKey, dockerHubKey, findHostKey, namespacedKeys } from './credential-key.ts';
import { credentialPlaces } from './credential-places.ts';

export type CredentialStore = CredentialSource & {
  /** Says where it is now: a helper's name or the file's path. */
  save(host: string, credential: Credential, username: string): Promise<{ readonly kind: 'helper' | 'file'; readonly name: string }>;
  erase(host: string): Promise<void>;
  /** The user's name that is stored for a host; empty when there is none. */
  findUsername(host: string): Promise<string>;
  /** The environment says who we are, whatever login stores. */
  readonly isOverridden: boolean;
};

export type CredentialStoreOptions = Surroundings & {
  readonly configFolder?: string;
  readonly onWarning: (warning: Warning) => void;
  /** Different for every process and moment: a part of a temporary file's name. */
  readonly temporaryName: () => string;
};

export function openCredentialStore(options: CredentialStoreOptions): CredentialStore {
  const { environment } = options;
  const places = credentialPlaces(options, options.configFolder);
  const overriding = readVariable(environment, 'DOCKER_AUTH_CONFIG');

  async function fromHelper(file: AuthFile | undefined, host: string): Promise<Credential | undefined> {
    const helper = findHelper(file, host, environment);
    return helper === undefined ? undefined : tolerate(helper, () => helper.get(credentialKey(host)));
  }

  /** Undefined when it did not work; that was said. */
  async function tolerate<Result>(helper: CredentialHelper, use: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await use();
    } catch (error) {
      if (!(error instanceof CredentialHelperError)) throw error;
      options.onWarning({ kind: 'helper-failed', helper: helper.name, usedInstead: places.dockerConfig, why: error.message });
      return undefined;
    }
  }

  async function find(host: string, repository: string | undefined): Promise<Credential | undefined> {
    const keys = namespacedKeys(host, repository);
    if (overriding !== undefined) {
      const found = inFile(parseAuthFile(overriding, 'DOCKER_AUTH_CONFIG'), host, keys);
      if (found !== undefined) return found;
    }
    for (const path of places.before) {
      const found = inFile(await readAuthFile(path), host, keys);
      if (found !== undefined) return found;
    }
    const docker = await readAuthFile(places.dockerConfig);
    const found = inNamespace(docker, keys) ?? (await fromHelper(docker, host)) ?? inFile(docker, host, []);
    if (found !== undefined) return found;
    for (const path of places.after) {
      const later = inFile(await readAuthFile(path), host, keys);
      if (later !== undefined) return later;
    }
    return undefined;
  }

  return {
    find,
    isOverridden: overriding !== undefined,
    async save(host, credential, username) {
      const key = credentialKey(host);
      const helper = findHelper(await readAuthFile(places.dockerConfig), host, environment);
      if (helper !== undefined && (await tolerate(helper, () => helper.store(key, credential).then(() => true))) === true) {
        // Docker leaves an empty entry, by which its commands know where somebody is logged in.
        await changeAuthFile(places.dockerConfig, options.temporaryName(), (file) => withAuth(file, key, {}));
        return { kind: 'helper', name: helper.name };
      }
      await changeAuthFile(places.dockerConfig, options.temporaryName(), (file) => withAuth(file, key, writeAuthEntry(credential, username)));
      return { kind: 'file', name: places.dockerConfig };
    },
    async erase(host) {
      const file = await readAuthFile(places.dockerConfig);
      const keys = credentialKey(host) === dockerHubKey ? [dockerHubKey] : [host, `http://${host}`, `https://${host}`];
      const helper = findHelper(file, host, environment);
      if (helper !== undefined) for (const key of keys) await tolerate(helper, () => helper.erase(key));
      const written = Object.keys(authsOf(file)).filter((candidate) => findHostKey([candidate], host) !== undefined);
      await changeAuthFile(places.dockerConfig, options.temporaryName(), (now) => withoutAuths(now, [...keys, ...written]));
    },
    async findUsername(host) {
      const file = await readAuthFile(places.dockerConfig);
      const auths = authsOf(file);
      const fromFile = usernameIn(auths[findHostKey(Object.keys(auths), host) ?? '']);
      if (fromFile !== '') return fromFile;
      const credential = await fromHelper(file, host);
      return credential?.kind === 'password' ? credential.username : '';
    },
  };
}

function inNamespace(file: AuthFile | undefined, keys: readonly string[]): Credential | undefined {
  const auths = authsOf(file);
  const key = keys.find((candidate) => Object.hasOwn(auths, candidate));
  return key === undefined ? undefined : readAuthEntry(auths[key]);
}

function inFile(file: AuthFile | undefined, host: string, keys: readonly string[]): Credential | undefined {
  const auths = authsOf(file);
  const key = findHostKey(Object.keys(auths), host);
  return inNamespace(file, keys) ?? (key === undefined ? undefined : readAuthEntry(auths[key]));
}

function findHelper(file: AuthFile | undefined, host: string, environment: Environment): CredentialHelper | undefined {
  const helpers = objectIn(file, 'credHelpers');
  const name = helpers[host] ?? helpers[credentialKey(host)] ?? file?.['credsStore'];
  return typeof name === 'string' && name !== '' ? openCredentialHelper(name, environment) : undefined;
}
