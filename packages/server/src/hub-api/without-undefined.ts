/** Of plain values, as JSON has them: what is undefined, at any depth, is left out. */
export function withoutUndefined<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return JSON.parse(JSON.stringify(value)) as { [Key in keyof Value]: Exclude<Value[Key], undefined> }; // JSON has no undefined
}
