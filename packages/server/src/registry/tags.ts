/** Tags of a repository, in byte order. */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Page } from '../metadata/port.ts';
import type { RegistryParts } from './registry.ts';

export type TagRules = {
  /** Throws NAME_UNKNOWN. A repository without tags has an empty list. */
  list(repository: RepositoryName, page: Page<string>): Promise<Tag[]>;
};

export function createTagRules({ rows }: RegistryParts): TagRules {
  return {
    async list(repository, page) {
      const tags = page.limit === 0 ? [] : await rows.tags.list(repository, page);
      if (tags.length === 0 && !(await rows.repositories.has(repository))) throw new RegistryError('NAME_UNKNOWN', { detail: { name: repository } });
      return tags;
    },
  };
}
