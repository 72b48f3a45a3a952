import pg from 'pg';
import { UsageFault } from '../core/fault.ts';

/** The driver reads the files that a URL names here and now, and throws where one of them is not what it was when the settings were read. */
export function newClient(neighbour: string, config: pg.ClientConfig): pg.Client {
  try {
    return new pg.Client(config);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UsageFault(
      `The URL of ${neighbour} cannot be used${code}; see that it is one, and that the files in its sslrootcert, sslcert and sslkey can be read.`,
      { cause: error },
    );
  }
}
