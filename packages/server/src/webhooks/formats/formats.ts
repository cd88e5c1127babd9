/** Each format by its name. */
import type { WebhookFormat } from '../../metadata/webhook-port.ts';
import { mattermostMessage, sentence, slackMessage } from './chat.ts';
import { distributionMessage } from './distribution.ts';
import { dockerHubMessage } from './docker-hub.ts';
import { cloudEventsMessage, standardMessage } from './own.ts';
import type { Message, Report } from './report.ts';

export const formats: Readonly<Record<WebhookFormat, (report: Report) => Message>> = {
  standard: standardMessage,
  cloudevents: cloudEventsMessage,
  'docker-hub': dockerHubMessage,
  distribution: distributionMessage,
  slack: slackMessage,
  mattermost: mattermostMessage,
  email: (report) => ({ contentType: 'text/plain', body: sentence(report) }),
};
