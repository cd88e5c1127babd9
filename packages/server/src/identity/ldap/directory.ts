/**
 * Asks an LDAP directory who somebody is (RFC 4511): finds the entry as a service, then binds as it
 * with the password. Each log-in has a connection of its own, so that one person's bind is never
 * another's. The only file that knows the library, which is loaded with the first question.
 */
import type { Client, Entry } from 'ldapts';
import { RegistryError } from '@naru/oci/registry-error';
import { newId } from '../../runtime/ids.ts';
import { anybody, escapeValue, fillFilter } from './filter.ts';

export type Directory = {
  /** Undefined: nobody there, or not with this password. Throws SIGN_IN_UNAVAILABLE. */
  prove(login: string, password: string): Promise<DirectoryEntry | undefined>;
  /** Of the entry with this lasting id. Throws SIGN_IN_UNAVAILABLE. */
  isPasswordOf(id: string, password: string): Promise<boolean>;
  /** By the lasting id. Undefined: gone, or left out by the filter. Throws SIGN_IN_UNAVAILABLE. */
  find(id: string): Promise<DirectoryEntry | undefined>;
  /** Does it show us anybody at all? Throws SIGN_IN_UNAVAILABLE. */
  hasPeople(): Promise<boolean>;
};

export type DirectoryEntry = {
  readonly id: string;
  readonly dn: string;
  readonly name: string;
  readonly email?: string;
  readonly fullName?: string;
  /** Each by its whole name and by its `cn`. */
  readonly groups: readonly string[];
};

export type DirectorySettings = {
  readonly url: string;
  readonly startTls: boolean;
  /** PEM. */
  readonly ca?: string | undefined;
  readonly bind?: { readonly dn: string; readonly password: string } | undefined;
  readonly base: string;
  readonly filter: string;
  readonly idAttribute: string;
  readonly nameAttribute: string;
  readonly emailAttribute: string;
  readonly fullNameAttribute: string;
  readonly groupBase?: string | undefined;
  readonly groupFilter: string;
  readonly timeoutMs: number;
};

/** Log-ins that ask at the same time; more are told to come back. */
const questionsMax = 32;
const groupsMax = 1000;
/** Nobody is called longer than this. */
const loginMaxLength = 320;

export function createDirectory(settings: DirectorySettings): Directory {
  let questions = 0;

  return {
    async prove(login, password) {
      // A bind without a password succeeds for everybody, as nobody (RFC 4513 5.1.2).
      if (password === '' || login.trim() === '' || login.length > loginMaxLength) return undefined;
      return ask(async (client) => {
        const entry = await search(client, fillFilter(settings.filter, { login: login.trim() }));
        const person = entry && (await describe(client, entry));
        // Who is not there is asked about in as many steps, so that time does not tell who is.
        const dn = person?.dn ?? `cn=${newId()},${settings.base}`;
        if (person === undefined) await listGroups(client, dn, login.trim());
        return (await isPasswordOf(client, dn, password)) ? person : undefined;
      });
    },

    async isPasswordOf(id, password) {
      if (password === '') return false;
      return ask(async (client) => {
        const entry = await searchById(client, id);
        return entry !== undefined && isPasswordOf(client, entry.dn, password);
      });
    },

    find: (id) =>
      ask(async (client) => {
        const entry = await searchById(client, id);
        return entry && describe(client, entry);
      }),

    hasPeople: () => ask(hasPeople),
  };

  async function hasPeople(client: Client): Promise<boolean> {
    const { SizeLimitExceededError } = await import('ldapts');
    try {
      const { searchEntries } = await client.search(settings.base, { scope: 'sub', filter: anybody(settings.filter), sizeLimit: 1, attributes: ['1.1'] });
      return searchEntries.length > 0;
    } catch (error) {
      if (error instanceof SizeLimitExceededError) return true;
      throw error;
    }
  }

  async function ask<Answer>(question: (client: Client) => Promise<Answer>): Promise<Answer> {
    if (questions >= questionsMax) throw unavailable('it is asked too much at once');
    questions++;
    try {
      const client = await connect();
      try {
        return await question(client);
      } finally {
        await client.unbind().catch(() => undefined); // the answer is there: how the connection ends changes nothing
      }
    } catch (error) {
      throw error instanceof RegistryError ? error : unavailable(error instanceof Error ? error.message : String(error), error);
    } finally {
      questions--;
    }
  }

  async function connect(): Promise<Client> {
    const { Client } = await import('ldapts');
    const { url, ca, startTls, bind, timeoutMs } = settings;
    const tlsOptions = { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) } as const;
    const isTls = url.startsWith('ldaps:');
    const client = new Client({ url, timeout: timeoutMs, connectTimeout: timeoutMs, ...(isTls && { tlsOptions }) });
    try {
      if (!isTls && startTls) await client.startTLS({ ...tlsOptions, host: new URL(url).hostname, servername: new URL(url).hostname });
      if (bind !== undefined) await client.bind(bind.dn, bind.password);
      return client;
    } catch (error) {
      await client.unbind().catch(() => undefined); // what failed first is what counts
      throw error;
    }
  }

  function searchById(client: Client, id: string): Promise<Entry | undefined> {
    return search(client, `(&(${settings.idAttribute}=${isBinary(settings) ? escapeBytes(id) : escapeValue(id)})${anybody(settings.filter)})`);
  }

  async function search(client: Client, filter: string): Promise<Entry | undefined> {
    const { idAttribute, nameAttribute, emailAttribute, fullNameAttribute } = settings;
    const { searchEntries } = await client.search(settings.base, {
      scope: 'sub',
      filter,
      // One would do; two say that the filter does not tell people apart.
      sizeLimit: 2,
      timeLimit: Math.ceil(settings.timeoutMs / 1000),
      attributes: [idAttribute, nameAttribute, emailAttribute, fullNameAttribute],
      explicitBufferAttributes: isBinary(settings) ? [idAttribute] : [],
    });
    if (searchEntries.length > 1)
      throw unavailable(`ldap.filter finds several entries, ${searchEntries.map(({ dn }) => dn).join(' and ')}: nobody knows who is meant`);
    return searchEntries[0];
  }

  async function describe(client: Client, entry: Entry): Promise<DirectoryEntry> {
    const { idAttribute, nameAttribute, emailAttribute, fullNameAttribute } = settings;
    const [id, name, email, fullName] = [idAttribute, nameAttribute, emailAttribute, fullNameAttribute].map((attribute) => valuesOf(entry, attribute)[0]);
    if (id === undefined || name === undefined) {
      throw unavailable(`${entry.dn} has no ${id === undefined ? `${idAttribute} (ldap.idAttribute)` : `${nameAttribute} (ldap.nameAttribute)`}`);
    }
    const groups = await listGroups(client, entry.dn, name);
    return { id, dn: entry.dn, name, groups, ...(email !== undefined && { email }), ...(fullName !== undefined && { fullName }) };
  }

  async function listGroups(client: Client, dn: string, name: string): Promise<string[]> {
    if (settings.groupBase === undefined) return [];
    const filter = fillFilter(settings.groupFilter, { dn, name });
    const { searchEntries } = await client.search(settings.groupBase, { scope: 'sub', filter, sizeLimit: groupsMax, attributes: ['cn'] });
    return searchEntries.flatMap((group) => [group.dn, ...valuesOf(group, 'cn')]);
  }
}

async function isPasswordOf(client: Client, dn: string, password: string): Promise<boolean> {
  const { ResultCodeError } = await import('ldapts');
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    // Whatever the directory answered to this bind, it was no yes: wrong, locked, expired. Anything else is a failure.
    if (error instanceof ResultCodeError && refusals.has(error.code)) return false;
    throw error;
  }
}

/** RFC 4511 A.1: inappropriateAuthentication, invalidCredentials, insufficientAccessRights, constraintViolation, unwillingToPerform, noSuchObject. */
const refusals = new Set([48, 49, 50, 19, 53, 32]);

/** Attribute names have no case (RFC 4512 2.5). */
function valuesOf(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((one) => one.toLowerCase() === attribute.toLowerCase());
  const values = key === undefined ? [] : [entry[key]].flat();
  return values.flatMap((value) => (Buffer.isBuffer(value) ? value.toString('hex') : typeof value === 'string' && value !== '' ? value : []));
}

/** Active Directory's id is bytes, and text in every other directory. */
function isBinary({ idAttribute }: Pick<DirectorySettings, 'idAttribute'>): boolean {
  return idAttribute.toLowerCase() === 'objectguid';
}

function escapeBytes(hex: string): string {
  return hex.replaceAll(/[0-9a-f]{2}/g, (byte) => `\\${byte}`);
}

function unavailable(why: string, cause?: unknown): RegistryError {
  return new RegistryError('SIGN_IN_UNAVAILABLE', { cause: new Error(why, { cause }) });
}
