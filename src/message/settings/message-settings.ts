import type { ZipFormat } from '../../values/contact/address.ts';
import type { Network } from './network.ts';

/** Who receives social security numbers: nobody, the patient index alone, or every reader of a document too. */
export const sendSsnWords = ['patients', 'everywhere', 'never'] as const;

/** Settings that change messages without a change of the row: another value makes candidates (`builder-version.ts`). */
export interface MessageSettings {
  readonly sendSsn: (typeof sendSsnWords)[number];
  /** Of US addresses. */
  readonly zipFormat: ZipFormat;
  readonly network: Network;
  /** Which of them `Header.Document.Type` holds: the code in Redox's guide, the name in its samples. */
  readonly documentType: 'code' | 'name';
}
