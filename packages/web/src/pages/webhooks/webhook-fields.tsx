/** What a webhook is: the fields of the form that makes one and of the form that changes one. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { selfQuery, serverQuery } from '../../api/queries.ts';
import { fieldText, fieldWords } from '../../parts/act-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import type { EventWord, Format, Webhook } from './calls.ts';
import { useWebhookTexts } from './texts.ts';

const formats = ['standard', 'cloudevents', 'docker-hub', 'distribution', 'slack', 'mattermost', 'email'] as const satisfies readonly Format[];
const groups = {
  tag: ['tag.moved', 'tag.deleted', 'tag.deprecated', 'tag.end_of_life', 'tag.notice_ended'],
  manifest: ['manifest.pushed', 'manifest.deleted', 'blob.pushed', 'blob.mounted', 'blob.deleted'],
  repository: [
    'repository.created',
    'repository.renamed',
    'repository.visibility',
    'repository.deleted',
    'repository.pulled',
    'quota.near',
    'quota.reached',
    'badge.doubted',
    'badge.confirmed',
    'badge.revoked',
  ],
  gate: ['image.checked', 'image.blocked', 'image.allowed', 'image.staged', 'image.approved', 'image.refused'],
  base: ['base.updated', 'base.deleted', 'base.missing'],
  deploy: ['deploy.requested', 'deploy.awaiting', 'deploy.approved', 'deploy.rejected', 'deploy.refused', 'deploy.running', 'deploy.rolled_back'],
} as const satisfies Readonly<Record<string, readonly EventWord[]>>;
const groupNames = Object.keys(groups) as (keyof typeof groups)[];
const kinds: readonly EventWord[] = Object.values(groups).flat();
/** What the server takes when nothing is said. */
const usual: readonly string[] = ['tag.moved', 'tag.deleted', 'manifest.deleted', 'repository.created'];

export function WebhookFields({ of: webhook }: { of?: Webhook }) {
  const texts = useWebhookTexts();
  const self = useQuery(selfQuery);
  const server = useQuery(serverQuery);
  const [chosen, setChosen] = useState<readonly string[]>(webhook?.events ?? usual);
  const mayAllow = server.data?.accounts === false || self.data?.user?.administrator === true;
  return (
    <>
      <FormField
        label={texts.url}
        hint={texts.urlHint}
        name="url"
        type="url"
        required
        maxLength={2048}
        defaultValue={webhook?.url}
        autoComplete="off"
        spellCheck={false}
      />
      <SelectField label={texts.format} name="format" chosen={webhook?.format ?? 'standard'} options={formats.map((one) => [one, texts.formats[one]])} />
      <details>
        <summary className="w-fit font-medium">
          {texts.events} <span className="font-normal text-muted">{texts.chosen(chosen.length)}</span>
        </summary>
        <div className="mt-2 grid gap-4 sm:grid-cols-2">
          {groupNames.map((group) => (
            <fieldset key={group}>
              <legend className="text-sm text-muted">{texts.groups[group]}</legend>
              {groups[group].map((kind) => (
                <label key={kind} className="flex min-h-7 items-center gap-2 font-mono text-[0.87em]">
                  <input
                    type="checkbox"
                    name="events"
                    value={kind}
                    className="accent-accent"
                    checked={chosen.includes(kind)}
                    onChange={({ target }) => setChosen((now) => (target.checked ? [...now, kind] : now.filter((one) => one !== kind)))}
                  />
                  {kind}
                </label>
              ))}
            </fieldset>
          ))}
        </div>
      </details>
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField label={texts.tags} hint={texts.tagsHint} name="tags" defaultValue={webhook?.tags?.join(', ')} autoComplete="off" spellCheck={false} />
        <FormField label={texts.versions} hint={texts.versionsHint} name="versions" defaultValue={webhook?.versions} autoComplete="off" spellCheck={false} />
        <FormField
          label={texts.platforms}
          hint={texts.platformsHint}
          name="platforms"
          defaultValue={webhook?.platforms?.join(', ')}
          autoComplete="off"
          spellCheck={false}
        />
        {webhook === undefined && <FormField label={texts.ownSecret} hint={texts.ownSecretHint} name="secret" autoComplete="off" spellCheck={false} />}
      </div>
      {mayAllow && (
        <label className="flex items-center gap-2">
          {/* Who may not decide this leaves it as it is. */}
          <input type="hidden" name="decidesPrivate" />
          <input type="checkbox" name="allowPrivateAddress" className="accent-accent" defaultChecked={webhook?.allowPrivateAddress} />
          {texts.allowPrivate}
        </label>
      )}
    </>
  );
}

export type WebhookWish = {
  readonly url: string;
  readonly format: Format;
  readonly events: readonly EventWord[];
  readonly tags: readonly string[] | undefined;
  readonly versions: string | undefined;
  readonly platforms: readonly string[] | undefined;
  readonly allowPrivateAddress?: boolean;
};

export function readWebhook(fields: FormData): WebhookWish {
  const versions = fieldText(fields, 'versions');
  const chosen = fields.getAll('events');
  return {
    url: fieldText(fields, 'url'),
    format: formats.find((one) => one === fieldText(fields, 'format')) ?? 'standard',
    events: kinds.filter((kind) => chosen.includes(kind)),
    tags: fieldWords(fields, 'tags'),
    versions: versions === '' ? undefined : versions,
    platforms: fieldWords(fields, 'platforms'),
    ...(fields.has('decidesPrivate') && { allowPrivateAddress: fields.has('allowPrivateAddress') }),
  };
}
