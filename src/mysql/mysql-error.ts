import { DatabaseFault, exitCodes, NeighbourFault } from '../fault.ts';

/** The server's refusal, as the driver gives it. */
interface ServerError extends Error {
  readonly errno: number;
  readonly sqlState: string;
  readonly sqlMessage: string;
  readonly code: string;
}

const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error && 'sqlState' in error && 'errno' in error && typeof error.errno === 'number';

/**
 * Errors whose messages speak of names, rights and the server's state, never of a row's values. The others may quote the value itself.
 * Source: MySQL 8.4 Error Message Reference; MariaDB Error Codes.
 */
const speakable: ReadonlySet<number> = new Set([
  // Rights, accounts and names.
  1044, 1045, 1046, 1049, 1054, 1052, 1060, 1066, 1142, 1143, 1144, 1146, 1305, 1356, 1370, 1698, 3118, 4031, 4151,
  // Syntax and shape of a query.
  1055, 1064, 1093, 1111, 1140, 1149, 1222, 1235, 1241, 1247, 1248, 1250, 1253, 1267, 1271, 1582, 1583,
  // The state of the server.
  1040, 1053, 1129, 1130, 1159, 1161, 1192, 1203, 1205, 1213, 1226, 1290, 1317, 1792, 1969, 3024, 3159, 3098,
]);

/** Symbols of errors that only MariaDB has, or that the driver does not know by its name. */
const symbols: Readonly<Record<number, string>> = { 1969: 'ER_STATEMENT_TIMEOUT', 3024: 'ER_QUERY_TIMEOUT' };

export const codeOf = (error: unknown): string => {
  if (isServerError(error))
    return symbols[error.errno] ?? (/^ER_\w+$/.test(error.code) ? error.code : `ER_${error.errno}`);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
};

/** An error of the server, without values of rows. */
export function describeMysqlError(error: unknown): string {
  if (isServerError(error)) {
    const code = `${codeOf(error)}, ${error.errno}`;
    return speakable.has(error.errno) ? `${error.sqlMessage} (${code})` : code;
  }
  return error instanceof Error ? error.message || codeOf(error) : 'an unknown error';
}

/** True if the connection failed or was ended. */
export function isConnectionError(error: unknown): boolean {
  if (isServerError(error)) return [1040, 1053, 1203, 1226].includes(error.errno);
  return error instanceof Error && 'code' in error && !('sqlState' in error);
}

export const isInterrupted = (error: unknown): boolean => isServerError(error) && error.errno === 1317;

/** The fault of a statement, in a sentence free of values. */
export function mysqlFault(what: string, error: unknown, lost: Error | null): Error {
  if (lost !== null || isConnectionError(error)) {
    return new NeighbourFault(
      `Lost the connection to the EHR during ${what}: ${describeMysqlError(lost ?? error)}. ` +
        'Nothing is lost: start the job again when the server is back, and it goes on from what is recorded.',
      { cause: error },
    );
  }
  if (!isServerError(error)) return error instanceof Error ? error : new Error(String(error));
  const sentence = `The EHR refused ${what}: ${describeMysqlError(error)}.`;
  return new DatabaseFault(sentence, codeOf(error), { cause: error, exitCode: exitCodes.unavailable, sentence });
}
