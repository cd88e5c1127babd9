/** What a policy would refuse of what is there now: a push of each tag, tried without pushing. */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import type { GoldenPolicy, GoldenScope } from '../metadata/golden-port.ts';
import type { MetadataStore, TagRow } from '../metadata/port.ts';

export type PolicyPreview = {
  readonly refused: readonly { readonly repository: RepositoryName; readonly tag: Tag; readonly reason: string }[];
  readonly tags: number;
  /** Tags were left out, since there are too many to look at in one request. */
  readonly isCut: boolean;
};

const tagsMax = 2000;
const pageSize = 200;

export async function previewPolicy(
  rows: Pick<MetadataStore, 'repositories' | 'tags' | 'goldenPolicies'>,
  scope: GoldenScope,
  policy: GoldenPolicy,
  at: number,
): Promise<PolicyPreview> {
  const refused: { repository: RepositoryName; tag: Tag; reason: string }[] = [];
  let tags = 0;
  for await (const { repository, tag, digest } of listTags()) {
    if (tags === tagsMax) return { refused, tags, isCut: true };
    tags++;
    const reason = await rows.goldenPolicies.judge(repository, digest, policy, at);
    if (reason !== undefined) refused.push({ repository, tag, reason });
  }
  return { refused, tags, isCut: false };

  async function* listTags(): AsyncGenerator<TagRow & { repository: RepositoryName }> {
    for await (const repository of listRepositories()) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: TagRow[] = await rows.tags.listRows(repository, { after, limit: pageSize });
        for (const row of page) yield { ...row, repository };
        after = page.length < pageSize ? undefined : page.at(-1)?.tag;
      }
    }
  }

  async function* listRepositories(): AsyncGenerator<RepositoryName> {
    if (scope.kind === 'repository') {
      yield scope.name as RepositoryName; // the route's own
      return;
    }
    // Those of a namespace stand together; those of the server, which have no namespace, among the others.
    for (let after: string | undefined = scope.name === '' ? '' : `${scope.name}/`; after !== undefined;) {
      const page: RepositoryName[] = await rows.repositories.list({ after, limit: pageSize });
      for (const name of page) {
        if (namespaceOf(name) === scope.name) yield name;
        else if (scope.name !== '') return;
      }
      after = page.length < pageSize ? undefined : page.at(-1);
    }
  }
}
