export class IssuedTokens {
  readonly #expiries = new Map<string, number>();

  add(token: string, expiresAtMs: number, nowMs: number): void {
    this.#forgetExpired(nowMs);
    this.#expiries.set(token, expiresAtMs);
  }

  holds(token: string, nowMs: number): boolean {
    return nowMs < (this.#expiries.get(token) ?? -Infinity);
  }

  expireAll(): void {
    this.#expiries.clear();
  }

  #forgetExpired(nowMs: number): void {
    for (const [token, expiresAtMs] of this.#expiries) {
      if (expiresAtMs <= nowMs) this.#expiries.delete(token);
    }
  }
}
