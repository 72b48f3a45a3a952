/** Passes connections on, in a network namespace of its own: `relay.ts <listen host> <listen port> <host> <port>`. */
import { connect, createServer } from 'node:net';

const [, , here = '', port = '', host = '', target = ''] = process.argv;
createServer((near) => {
  const far = connect(Number(target), host);
  for (const [from, into] of [
    [near, far],
    [far, near],
  ] as const) {
    from.pipe(into);
    from.on('error', () => undefined);
    from.on('close', () => into.destroy());
  }
}).listen(Number(port), here, () => process.stdout.write('listening\n'));
