/** An EventSource whose server is the test. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];

  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }

  static latest(): FakeEventSource {
    const last = FakeEventSource.opened.at(-1);
    if (!last) throw new Error("no stream was opened");
    return last;
  }

  connect(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** Ends the connection; `refused` as an HTTP error does, for good. */
  fail(refused: boolean): void {
    this.readyState = refused ? FakeEventSource.CLOSED : 0;
    this.onerror?.();
  }

  send(name: string, body: unknown): void {
    const data = typeof body === "string" ? body : JSON.stringify(body);
    this.dispatchEvent(new MessageEvent(name, { data }));
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }
}
