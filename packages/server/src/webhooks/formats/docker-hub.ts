/**
 * What Docker Hub sends (docs.docker.com/docker-hub/repos/manage/webhooks), for receivers that were
 * written for it. Its times are seconds. It has no event but a push; the others have the same shape.
 */
import { namespaceOf } from '../../access/namespace.ts';
import { jsonMessage, type Message, type Report } from './report.ts';

export function dockerHubMessage({ event, baseUrl, callbackUrl, repository, readme = '' }: Report): Message {
  const namespace = namespaceOf(event.repository);
  return jsonMessage({
    callback_url: callbackUrl,
    push_data: { pushed_at: seconds(event.at), pusher: event.actor, tag: event.tag ?? event.digest ?? event.previous ?? '', images: [], media_type: null },
    repository: {
      comment_count: 0,
      date_created: seconds(repository?.createdAt ?? event.at),
      description: repository?.description ?? '',
      dockerfile: '',
      full_description: readme,
      is_official: repository?.official ?? false,
      is_private: repository !== undefined && repository.visibility !== 'public',
      is_trusted: false,
      name: namespace === '' ? event.repository : event.repository.slice(namespace.length + 1),
      namespace,
      owner: namespace,
      repo_name: event.repository,
      repo_url: `${baseUrl}/r/${event.repository}`,
      star_count: repository?.stars ?? 0,
      status: 'Active',
    },
  });
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
