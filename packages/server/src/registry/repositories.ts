/** Repositories: which there are, in byte order, and what is known of one. */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { Subject } from '../metadata/identity/port.ts';
import type { Page, RepositoryFacts } from '../metadata/port.ts';
import type { RegistryParts } from './registry.ts';

export type RepositoryRules = {
  /** Only those that the caller may know of; a page is filled up from behind what it leaves out. */
  list(page: Page<string>, caller: Caller): Promise<RepositoryName[]>;
  /** Throws NAME_UNKNOWN. */
  get(name: RepositoryName): Promise<RepositoryFacts>;
};

export function createRepositoryRules({ rows }: RegistryParts): RepositoryRules {
  return {
    async get(name) {
      const facts = await rows.repositories.findFacts(name);
      if (!facts) throw new RegistryError('NAME_UNKNOWN', { detail: { name } });
      return facts;
    },

    async list({ after, limit }, caller) {
      const query = candidatesFor(caller);
      const listed: RepositoryName[] = [];
      let last = after;
      while (listed.length < limit) {
        const candidates = await rows.identity.access.listCandidates({ ...query, limit: limit - listed.length, ...(last !== undefined && { after: last }) });
        if (candidates.length === 0) break;
        for (const { name } of candidates) if (await caller.mayList(name)) listed.push(name);
        last = candidates.at(-1)?.name;
      }
      return listed;
    },
  };
}

/** Where to look: the policy decides about what is found there. */
export function candidatesFor({ principal, credential }: Caller): { subject: Subject; everything: boolean } {
  switch (principal.kind) {
    case 'anonymous':
      return { subject: { kind: 'anonymous', id: '' }, everything: credential.kind === 'open' };
    case 'operator':
      return { subject: { kind: 'anonymous', id: '' }, everything: true };
    case 'user':
      return { subject: { kind: 'user', id: principal.id }, everything: principal.administrator };
    case 'robot':
    case 'ci':
      return { subject: { kind: principal.kind, id: principal.id }, everything: false };
  }
}
