import type { Secret } from '../secret.ts';

export function mysqlConnectRemedy(error: unknown, url: Secret): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = `${code} ${error instanceof Error ? error.message : ''}`;
  return `${remedyFor(code, text, /[?&]sslrootcert=[^&]/.test(url.reveal()))} Then start the job again.`;
}

function remedyFor(code: string, text: string, hasAuthority: boolean): string {
  if (/ER_(?:CON_COUNT|TOO_MANY_USER|USER_LIMIT)/.test(code)) {
    return 'A run needs 2 connections there at the same time, and every job beside it one more. Raise the limit (max_connections, or MAX_USER_CONNECTIONS of the account), or end what holds the others.';
  }
  if (code === 'ER_ACCESS_DENIED_ERROR' || code === 'ER_DBACCESS_DENIED_ERROR') {
    return 'Check the account, its password and the host from which it may connect, and GRANT SELECT on the database of EHR_URL.';
  }
  if (text.includes('ALTNAME_INVALID')) {
    return "The server's certificate is for another host: use a host name of the certificate in EHR_URL.";
  }
  if (/HAS_EXPIRED|certificate has expired/.test(text)) {
    return "The server's certificate, or that of its authority, has expired: have it renewed.";
  }
  if (/SELF_SIGNED|UNABLE_TO|self-signed|unable to (?:get|verify)/i.test(text)) {
    return hasAuthority
      ? "The server's certificate was not issued by the authority in sslrootcert of EHR_URL: put the issuing authority's certificate into that file."
      : "The server's certificate was issued by an unknown authority: append sslrootcert=<file with that authority's certificate, in PEM> to EHR_URL.";
  }
  if (/does not support secure|HANDSHAKE_NO_SSL/i.test(text)) {
    return 'Switch TLS on at the server, or, on a private network, append sslmode=disable to EHR_URL.';
  }
  return (
    'Check that the server runs, and that the URL, the account and its password are right. A server on another machine must use TLS, ' +
    'unless the URL has sslmode=disable.'
  );
}
