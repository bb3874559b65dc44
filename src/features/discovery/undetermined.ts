/**
 * Thrown and caught within discovery: what the repository alone does not determine. The message says why, and follows
 * "… cannot be determined:".
 */
export class Undetermined extends Error {
  override name = 'Undetermined'
}
