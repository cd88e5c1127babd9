/** Events of a release. */
import type { NewEvent } from '../event-rows.ts';
import type { Change } from '../port.ts';
import type { EnvironmentKey, Release } from './port.ts';

type DeployEvent = 'deploy.requested' | 'deploy.awaiting' | 'deploy.approved' | 'deploy.rejected' | 'deploy.refused' | 'deploy.running' | 'deploy.rolled_back';

export function eventOf(
  kind: DeployEvent,
  { repository, name }: EnvironmentKey,
  release: Pick<Release, 'id' | 'digest' | 'tag' | 'instance' | 'message'>,
  change: Change,
): NewEvent {
  const { id, digest, tag, instance, message } = release;
  return {
    kind,
    repository,
    digest,
    ...(tag !== undefined && { tag }),
    environment: name,
    ...(instance !== '' && { instance }),
    release: id,
    ...(message !== undefined && { message }),
    ...change,
  };
}
