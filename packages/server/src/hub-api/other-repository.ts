import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { required } from './repository-routes.ts';
import type { ApiCall } from './route.ts';

/** The one that something is compared with, or that of the path. Throws NAME_UNKNOWN for what the caller may not see. */
export async function otherRepository(call: Pick<ApiCall, 'repository' | 'caller' | 'parts'>, name: string | undefined): Promise<RepositoryName> {
  const repository = name ?? required(call.repository);
  if (!isRepositoryName(repository) || !(await call.caller.may('pull', repository)) || !(await call.parts.rows.repositories.has(repository))) {
    throw new RegistryError('NAME_UNKNOWN', { detail: { name: repository } });
  }
  return repository;
}
