/** Puts what somebody typed into a filter (RFC 4515), so that it is a value there and nothing else. */
export function fillFilter(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (word, name: string) => (Object.hasOwn(values, name) ? escapeValue(values[name] ?? '') : word));
}

/** The filter that the template is for anybody at all. */
export function anybody(template: string): string {
  return template.replaceAll(/\{\w+\}/g, '*');
}

/** RFC 4515 3: these and NUL would be read as part of the filter. */
export function escapeValue(value: string): string {
  return value.replaceAll(/[\\*()\0]/g, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
