/** A profile that cannot be read, or cannot be written in the format asked for; the message says why. */
export class ProfileError extends Error {
  override name = 'ProfileError'
}
