/** What is wrong with a template, or with the data it met, in the words of Go's package. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}
