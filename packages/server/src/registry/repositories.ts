/** The catalog: which repositories there are, in byte order. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Page } from '../metadata/port.ts';
import type { RegistryParts } from './registry.ts';

export type RepositoryRules = {
  /** Only those that `mayList` allows; a page is filled up from behind what it leaves out. */
  list(page: Page<string>, mayList: (repository: RepositoryName) => boolean): Promise<RepositoryName[]>;
};

export function createRepositoryRules({ rows }: RegistryParts): RepositoryRules {
  return {
    async list({ after, limit }, mayList) {
      const listed: RepositoryName[] = [];
      let last = after;
      while (listed.length < limit) {
        const names = await rows.repositories.list({ limit: limit - listed.length, ...(last !== undefined && { after: last }) });
        if (names.length === 0) break;
        listed.push(...names.filter(mayList));
        last = names.at(-1);
      }
      return listed;
    },
  };
}
