/** CPU milliseconds that this process has used. A limit on work counts these: on a busy machine the clock also counts the work of others. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
