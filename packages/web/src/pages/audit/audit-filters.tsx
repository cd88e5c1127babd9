import { type FormEvent, useState } from 'react';
import { FormField } from '../../parts/form-field.tsx';
import { actions } from './actions.ts';
import type { AuditSearch } from './audit-search.ts';
import { useAuditTexts } from './texts.ts';

type Props = { hasNamespace: boolean; search: AuditSearch; onSubmit: (event: FormEvent<HTMLFormElement>) => void; onClear: () => void };

/** What is typed is a name, to the letter. */
const exact = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const;

export function AuditFilters({ hasNamespace, search, onSubmit, onClear }: Props) {
  const texts = useAuditTexts();
  // On a phone they would fill the window, and what was done stands below.
  const [isOpen] = useState(() => Object.keys(search).length > 0 || matchMedia('(min-width: 640px)').matches);
  return (
    <details open={isOpen} className="mb-5">
      <summary className="mb-3 w-fit font-medium">{texts.filters}</summary>
      <form onSubmit={onSubmit} role="search" aria-label={texts.filter} className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <FormField label={texts.actor} name="actor" defaultValue={search.actor} {...exact} maxLength={255} />
        <FormField
          label={texts.action}
          name="action"
          defaultValue={search.action}
          list="audit-actions"
          maxLength={64}
          placeholder={texts.anyAction}
          autoComplete="off"
        />
        <datalist id="audit-actions">
          {actions.map((action) => (
            <option key={action} value={action} />
          ))}
        </datalist>
        {hasNamespace && <FormField label={texts.namespace} name="namespace" defaultValue={search.namespace} {...exact} maxLength={255} />}
        <FormField label={texts.repository} name="repository" defaultValue={search.repository} {...exact} maxLength={255} />
        <FormField label={texts.digest} name="digest" defaultValue={search.digest} maxLength={140} placeholder="sha256:…" {...exact} />
        <FormField label={texts.address} name="address" defaultValue={search.address} maxLength={64} {...exact} />
        <FormField label={texts.since} name="since" defaultValue={search.since} type="date" />
        <FormField label={texts.until} name="until" defaultValue={search.until} type="date" />
        <div className="flex gap-2">
          <button type="submit" className="button">
            {texts.filter}
          </button>
          {Object.keys(search).length > 0 && (
            <button type="button" className="button" onClick={onClear}>
              {texts.clear}
            </button>
          )}
        </div>
      </form>
    </details>
  );
}
