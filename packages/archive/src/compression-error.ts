/** The message says what is wrong with the bytes, or with what should unpack them. */
export class CompressionError extends Error {
  override readonly name = 'CompressionError';
}
