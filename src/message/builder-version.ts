import { sendSsnWords, type MessageSettings, networks } from './context.ts';
import { zipFormats } from '../values/contact/address.ts';

/**
 * Raise this by one in every release that builds another message from the same row: a mapping, a key, a spelling. The
 * ledger stores the version that last built each row's message. A row with another version becomes a candidate, and is
 * sent only where its message really differs. Without the increase, Redox keeps the old release's messages; a needless
 * increase costs one night of building messages that turn out `unneeded`.
 */
const builderVersion = 10;

/**
 * What the ledger stores as `builder_version`: the version, and one digit for each setting that changes messages:
 * `SEND_SSN`, `ZIP_FORMAT`, `NETWORK`, `DOCUMENT_TYPE`. `100000` is version 10 with the defaults. So another value of a
 * setting makes candidates, as another version does.
 */
export const builderOf = ({ sendSsn, zipFormat, network, documentType }: MessageSettings): number =>
  [
    sendSsnWords.indexOf(sendSsn),
    zipFormats.indexOf(zipFormat),
    networks.indexOf(network.name),
    ['code', 'name'].indexOf(documentType),
  ].reduce((stored, digit) => stored * 10 + digit, builderVersion);
