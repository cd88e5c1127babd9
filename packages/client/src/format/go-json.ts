/**
 * JSON as Go's encoder writes it, where that differs from JavaScript's: the characters `<>&` are
 * escaped unless told otherwise, and so are the two line ends that JavaScript once stumbled over.
 */
export function goJson(value: unknown, options: { readonly escapeHtml: boolean; readonly indent?: string }): string {
  const text = JSON.stringify(value ?? null, undefined, options.indent)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return options.escapeHtml ? text.replaceAll(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`) : text;
}
