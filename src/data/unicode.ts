/** Text from outside: JSON and typed text can hold half of a surrogate pair, which no link and no UTF-8 file can. */
import { z } from 'zod';

/** Half of a surrogate pair becomes U+FFFD, as in UTF-8. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** A string of a document, made well-formed. */
export const unicodeText = z.string().overwrite(wellFormed);
