/**
 * The client's settings. Keys that Docker's daemon.json has are spelled and understood as there, so
 * that such a file's lines can be copied; the rest is ours. A key that is not known is refused: a
 * mistyped `insecure-registries` must not be found out by a failing push.
 */
export type MirrorConfig = {
  readonly host: string;
  /** Absent when it was not written: then the host's own rule counts. */
  readonly scheme?: 'https' | 'http';
  readonly prefix?: string;
};

export type ClientConfig = {
  /** Where names without a registry live. */
  readonly defaultRegistry: string;
  /** Hosts with or without port, and address blocks. */
  readonly insecureRegistries: readonly string[];
  /** By registry; for docker.io `registry-mirrors` stand here, too. */
  readonly mirrors: Readonly<Record<string, readonly MirrorConfig[]>>;
  readonly blockedRegistries: readonly string[];
};

export class ClientConfigError extends Error {
  override readonly name = 'ClientConfigError';
}

export const emptyClientConfig: ClientConfig = { defaultRegistry: 'docker.io', insecureRegistries: [], mirrors: {}, blockedRegistries: [] };

const topKeys = ['default-registry', 'insecure-registries', 'registry-mirrors', 'registries'];
const registryKeys = ['mirrors', 'insecure', 'blocked'];
const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::\d{1,5})?$/;
const blockPattern = /^[0-9a-fA-F.:]+\/\d{1,3}$/;
const prefixPattern = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/;

/** `where` names the file for people. Throws ClientConfigError. */
export function parseClientConfig(value: unknown, where: string): ClientConfig {
  const fail = (what: string): never => {
    throw new ClientConfigError(`${where}: ${what}`);
  };
  const top = value === null || value === undefined ? {} : asObject(value, fail, 'the file');
  knownKeys(top, topKeys, fail, '');

  const registries = asObject(top['registries'] ?? {}, fail, 'registries');
  const mirrors: Record<string, MirrorConfig[]> = {};
  const insecure = strings(top['insecure-registries'], fail, 'insecure-registries').map((text) => insecureEntry(text, fail));
  const blocked: string[] = [];
  const hubMirrors = strings(top['registry-mirrors'], fail, 'registry-mirrors');
  if (hubMirrors.length > 0) mirrors['docker.io'] = hubMirrors.map((text) => mirror(text, fail));

  for (const [name, settings] of Object.entries(registries)) {
    if (!hostPattern.test(name)) fail(`registries: ${JSON.stringify(name)} is no registry: write its host, with its port when it has one`);
    const of = asObject(settings ?? {}, fail, `registries.${name}`);
    knownKeys(of, registryKeys, fail, `registries.${name}.`);
    const more = strings(of['mirrors'], fail, `registries.${name}.mirrors`).map((text) => mirror(text, fail));
    if (more.length > 0) mirrors[name] = [...(mirrors[name] ?? []), ...more];
    if (flag(of['insecure'], fail, `registries.${name}.insecure`)) insecure.push(name);
    if (flag(of['blocked'], fail, `registries.${name}.blocked`)) blocked.push(name);
  }

  const defaultRegistry = text(top['default-registry'], fail, 'default-registry') ?? emptyClientConfig.defaultRegistry;
  if (!hostPattern.test(defaultRegistry))
    fail(`default-registry: ${JSON.stringify(defaultRegistry)} is no registry: write its host, with its port when it has one`);
  return { defaultRegistry, insecureRegistries: insecure, mirrors, blockedRegistries: blocked };
}

type Fail = (what: string) => never;
type Entries = Readonly<Record<string, unknown>>;

/** Docker takes a scheme off, too. */
function insecureEntry(entry: string, fail: Fail): string {
  const bare = entry.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return hostPattern.test(bare) || blockPattern.test(bare)
    ? bare
    : fail(`insecure-registries: ${JSON.stringify(entry)} is neither host[:port] nor an address block such as 10.0.0.0/8`);
}

function mirror(entry: string, fail: Fail): MirrorConfig {
  const [, scheme, host = '', prefix = ''] = /^(?:(https?):\/\/)?([^/]+)\/?(.*?)\/?$/.exec(entry) ?? [];
  if (!hostPattern.test(host)) return fail(`${JSON.stringify(entry)} is no mirror: write [http[s]://]host[:port][/prefix], without user, password and query`);
  if (prefix !== '' && !prefixPattern.test(prefix)) return fail(`the mirror ${JSON.stringify(entry)} has a prefix that no repository's name can begin with`);
  return { host, ...((scheme === 'http' || scheme === 'https') && { scheme }), ...(prefix !== '' && { prefix }) };
}

function knownKeys(value: Entries, keys: readonly string[], fail: Fail, where: string): void {
  const stranger = Object.keys(value).find((key) => !keys.includes(key));
  if (stranger !== undefined) fail(`there is no setting ${where}${stranger}. There are: ${keys.join(', ')}`);
}

function asObject(value: unknown, fail: Fail, where: string): Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entries) : fail(`${where} must be keys with values`); // just checked
}

function strings(value: unknown, fail: Fail, where: string): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every((entry): entry is string => typeof entry === 'string') ? value : fail(`${where} must be a list of texts`);
}

function text(value: unknown, fail: Fail, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && value !== '' ? value : fail(`${where} must be a text`);
}

function flag(value: unknown, fail: Fail, where: string): boolean {
  return value === undefined || value === null ? false : typeof value === 'boolean' ? value : fail(`${where} must be true or false`);
}
