import { useTexts } from '../../language/language.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';

export const settingsViews = ['general', 'access', 'webhooks', 'policy', 'golden', 'tag-rules', 'retention', 'trash'] as const;
export type SettingsView = (typeof settingsViews)[number];

type Props = { repository: string; views: readonly SettingsView[]; here: SettingsView };

/** The parts of the settings, each with an address of its own: the name behind `?view=`. */
export function SettingsTabs({ repository, views, here }: Props) {
  const { settings } = useTexts();
  return (
    <nav aria-label={settings.parts} className="mb-8 flex flex-wrap gap-1">
      {views.map((view) => (
        <RepositoryLink
          key={view}
          repository={repository}
          section={{ kind: 'settings' }}
          search={view === 'general' ? {} : { view }}
          aria-current={view === here ? 'page' : undefined}
          className={`rounded-md px-3 py-1.5 whitespace-nowrap ${view === here ? 'bg-accent-soft font-semibold' : 'text-muted hover:bg-sunken hover:text-text'}`}
        >
          {settings.views[view]}
        </RepositoryLink>
      ))}
    </nav>
  );
}
