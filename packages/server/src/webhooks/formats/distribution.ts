/** The envelope of Distribution's notifications (distribution.github.io/distribution/about/notifications), with one event in it. */
import type { ReportedEvent } from '../../metadata/webhook-port.ts';
import { jsonMessage, type Message, type Report } from './report.ts';

export function distributionMessage({ event, messageId, image, baseUrl }: Report): Message {
  const digest = event.digest ?? event.previous;
  const isBlob = event.kind.startsWith('blob.');
  const content = digest === undefined ? undefined : `${baseUrl}/v2/${event.repository}/${isBlob ? 'blobs' : 'manifests'}/${digest}`;
  const envelope = {
    events: [
      {
        id: messageId,
        timestamp: new Date(event.at).toISOString(),
        action: actionOf(event.kind),
        target: {
          ...(image && { mediaType: image.mediaType, size: image.sizeBytes, length: image.sizeBytes }),
          ...(digest !== undefined && { digest }),
          repository: event.repository,
          ...(event.from !== undefined && { fromRepository: event.from }),
          ...(content !== undefined && { url: content }),
          ...(event.tag !== undefined && { tag: event.tag }),
        },
        request: { id: messageId, host: new URL(baseUrl).host },
        actor: { name: event.actor },
        source: { addr: new URL(baseUrl).host, instanceID: baseUrl },
      },
    ],
  };
  return jsonMessage(envelope, 'application/vnd.docker.distribution.events.v2+json');
}

/** Its own words where it has one; what it knows nothing of keeps ours. */
function actionOf(kind: ReportedEvent['kind']): string {
  switch (kind) {
    case 'tag.moved':
    case 'manifest.pushed':
    case 'blob.pushed':
    case 'webhook.test':
      return 'push';
    case 'tag.deleted':
    case 'manifest.deleted':
    case 'blob.deleted':
      return 'delete';
    case 'blob.mounted':
      return 'mount';
    default:
      return kind;
  }
}
