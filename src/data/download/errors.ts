/** Why a download failed, in words for the user. */
export type DownloadFailure = 'offline' | 'hosts' | 'space' | 'insecure';

export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  constructor(
    message: string,
    readonly failure: DownloadFailure,
  ) {
    super(message);
  }
}
