import { useLanguage } from '../../language/language.tsx';
import type { Grant } from './grants.tsx';
import { useOrganisationTexts } from './texts.ts';

/** Each condition as a short text. */
export function Conditions({ networks, tags, notBefore, notAfter, weekly }: Grant['conditions']) {
  const texts = useOrganisationTexts();
  const { language } = useLanguage();
  const day = (at: number) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(at);
  const said = [
    networks && texts.allNetworks(networks.join(', ')),
    tags && texts.forTags(tags.join(', ')),
    notBefore !== undefined && texts.fromDay(day(notBefore)),
    notAfter !== undefined && texts.untilDay(day(notAfter)),
    weekly && texts.weekly(weekly.days.map((number) => texts.days[number] ?? '').join(' '), clockText(weekly.fromMinute), clockText(weekly.toMinute)),
  ].filter((text) => typeof text === 'string');
  return said.map((text) => (
    <span key={text} className="chip">
      {text}
    </span>
  ));
}

/** `09:30` */
function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
