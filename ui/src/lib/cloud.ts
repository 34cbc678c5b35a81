// Why a photo that is only in iCloud cannot be imported, and what to do about it.

/** Where the phone is told to fetch its originals; the same since iOS 10.3. */
export const DOWNLOAD_ORIGINALS = "Settings › your name › iCloud › Photos › Download and Keep Originals";

/** Beside the section's headline. */
export const CLOUD_WHY = "The iPhone keeps only small pictures of these, so they can’t be imported yet.";

/** What to do, for one or several. */
export function toHaveHere(count: number): string {
  return `To have ${count === 1 ? "it" : "them"} here, choose ${DOWNLOAD_ORIGINALS} on the iPhone and wait until it is done.`;
}
