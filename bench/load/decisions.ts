/** Decisions in this process: what a request asks of the rows and of the policy, and nothing else of a request. */
import { join } from 'node:path';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { findDenial } from '@naru/server/access/policy';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';
import { type AccessCounts, granteeOf, organisationName } from '../peers/naru-access-rows.ts';

export type Decisions = AsyncDisposable & { decide(counts: AccessCounts): Promise<{ cpuMicros: number; firstMicros: number }> };

/** As many callers as are kept, each in a namespace where it has a grant. */
const callers = 2000;
const rounds = 20;
/** Requests that are handled in one turn of the event loop. */
const together = 4;

export async function openIdentityRows(folder: string): Promise<Decisions> {
  const store = await openSqliteMetadata({ path: join(folder, 'data/naru.db') });
  return {
    async decide(counts) {
      const asked = Array.from({ length: callers }, (_, index) => {
        const organisation = (index * 4999) % counts.organisations;
        const repository = parseRepositoryName(`${organisationName(organisation)}/app`);
        return { subject: { kind: 'user' as const, id: granteeOf(organisation, 0, counts) }, repository };
      });
      let allowed = 0;
      const decide = async ({ subject, repository }: (typeof asked)[number]) => {
        const { visibility, standing, name } = await store.identity.access.facts(subject, repository);
        const principal = { kind: 'user' as const, id: subject.id, name, administrator: false };
        const from = { address: '127.0.0.1', now: 1 };
        const denial = findDenial({ profile: 'hub', principal, action: 'push', repository: { name: repository, visibility }, standing, from });
        if (denial === undefined) allowed += 1;
      };
      const decideAll = async () => {
        for (let index = 0; index < asked.length; index += together) {
          await Promise.all(asked.slice(index, index + together).map(decide));
          await new Promise(setImmediate);
        }
      };
      const firstMicros = (await cpuMicrosOf(decideAll)) / callers;
      await decideAll();
      const cpuMicros =
        (await cpuMicrosOf(async () => {
          for (let round = 0; round < rounds; round += 1) await decideAll();
        })) /
        (callers * rounds);
      if (allowed === 0) throw new Error('nobody was allowed anything: this measures no decisions');
      return { cpuMicros, firstMicros };
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

async function cpuMicrosOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
