/** One line for people: in a channel of Slack or Mattermost, or as a mail. Names come from strangers and must not become markup. */
import { jsonMessage, type Message, type Report, referenceOf } from './report.ts';

/** Slack's incoming webhooks: `&`, `<` and `>` are all that is special outside of markup, which is switched off. */
export function slackMessage(report: Report): Message {
  const text = sentence(report).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return jsonMessage({ text, mrkdwn: false });
}

/** Mattermost reads Markdown, and a name between backquotes as it is. */
export function mattermostMessage(report: Report): Message {
  return jsonMessage({ username: 'Naru', text: sentence(report, (name) => `\`${name.replaceAll('`', "'")}\``) });
}

export function sentence(report: Report, quote: (name: string) => string = (name) => name): string {
  const { event } = report;
  const what = quote(referenceOf(report));
  const who = quote(event.actor);
  const kind: string = event.kind;
  switch (event.kind) {
    case 'webhook.test':
      return `A test by ${who}: this is where news of ${quote(event.repository)} will appear`;
    case 'tag.moved':
      return event.previous === undefined ? `${who} pushed ${what}` : `${who} pushed ${what}, which was ${event.previous.slice(0, 19)} before`;
    case 'manifest.pushed':
    case 'blob.pushed':
    case 'blob.mounted':
      return `${who} pushed ${what}`;
    case 'tag.deleted':
    case 'manifest.deleted':
    case 'blob.deleted':
      return `${who} deleted ${what}`;
    case 'repository.created':
      return `${who} made the repository ${what}`;
    case 'quota.near':
    case 'quota.reached':
      return event.message ?? kind;
    case 'repository.deleted':
      return `${who} deleted the repository ${what}`;
    case 'repository.renamed':
      return `${who} renamed the repository ${quote(event.from ?? '')} to ${what}`;
    case 'repository.visibility':
      return `${who} made the repository ${what} ${event.visibility ?? 'public'}`;
    case 'base.updated':
    case 'base.deleted':
    case 'base.missing':
      return `${what}: ${event.message === undefined ? kind : quote(event.message)}`;
    case 'deploy.rolled_back':
      return `${what} did not come up in ${quote(event.environment ?? '')}, and what ran before goes on: ${quote(event.message ?? kind)}`;
    case 'deploy.refused':
    case 'deploy.rejected':
      return `${what} is not deployed into ${quote(event.environment ?? '')}: ${quote(event.message ?? kind)}`;
    case 'deploy.awaiting':
      return `${who} asks to deploy ${what} into ${quote(event.environment ?? '')}: somebody else must approve it`;
    case 'deploy.running':
      return `${what} runs in ${quote(event.environment ?? '')}`;
    case 'badge.doubted':
      return `The badge of ${what} is in doubt: ${quote(event.message ?? kind)}`;
    case 'badge.confirmed':
      return `The badge of ${what} is in doubt no more`;
    case 'badge.revoked':
      return `The badge of ${what} was revoked: ${quote(event.message ?? kind)}`;
    case 'tag.deprecated':
      return `Tags of ${quote(event.repository)} are deprecated: ${quote(event.message ?? kind)}`;
    case 'tag.end_of_life':
      return `Tags of ${quote(event.repository)} have reached their end of life: ${quote(event.message ?? kind)}`;
    case 'image.blocked':
      return `${what} may not be pulled: ${quote(event.message ?? kind)}`;
    default:
      return `${kind}: ${what} (${who})`;
  }
}
