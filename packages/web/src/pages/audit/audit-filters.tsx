import { type FormEvent, useRef } from 'react';
import { FormField } from '../../parts/form-field.tsx';
import { actions } from './actions.ts';
import { useAuditTexts } from './texts.ts';

type Props = { hasNamespace: boolean; isFiltered: boolean; onSubmit: (event: FormEvent<HTMLFormElement>) => void; onClear: () => void };

export function AuditFilters({ hasNamespace, isFiltered, onSubmit, onClear }: Props) {
  const texts = useAuditTexts();
  const form = useRef<HTMLFormElement>(null);
  return (
    <form ref={form} onSubmit={onSubmit} role="search" aria-label={texts.filter} className="mb-5 grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <FormField label={texts.actor} name="actor" maxLength={255} autoComplete="off" autoCapitalize="none" spellCheck={false} />
      <FormField label={texts.action} name="action" list="audit-actions" maxLength={64} placeholder={texts.anyAction} autoComplete="off" />
      <datalist id="audit-actions">
        {actions.map((action) => (
          <option key={action} value={action} />
        ))}
      </datalist>
      {hasNamespace && <FormField label={texts.namespace} name="namespace" maxLength={255} autoComplete="off" autoCapitalize="none" spellCheck={false} />}
      <FormField label={texts.repository} name="repository" maxLength={255} autoComplete="off" autoCapitalize="none" spellCheck={false} />
      <FormField label={texts.digest} name="digest" maxLength={140} placeholder="sha256:…" autoComplete="off" autoCapitalize="none" spellCheck={false} />
      <FormField label={texts.address} name="address" maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} />
      <FormField label={texts.since} name="since" type="date" />
      <FormField label={texts.until} name="until" type="date" />
      <div className="flex gap-2">
        <button type="submit" className="button">
          {texts.filter}
        </button>
        {isFiltered && (
          <button
            type="button"
            className="button"
            onClick={() => {
              form.current?.reset();
              onClear();
            }}
          >
            {texts.clear}
          </button>
        )}
      </div>
    </form>
  );
}
