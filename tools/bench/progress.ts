/** Where the benchmark stands, on standard error: one changing line in a terminal, else a line for each part. */
export class ProgressLine {
  #part = '';
  #shown = false;

  /** `line`: "part: detail". */
  show(line: string): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001B[K${line}`);
      this.#shown = true;
      return;
    }
    const part = line.split(':')[0]!;
    if (part !== this.#part) process.stderr.write(`${part}\n`);
    this.#part = part;
  }

  /** A line that stays. */
  note(line: string): void {
    this.stop();
    process.stderr.write(`${line}\n`);
  }

  stop(): void {
    if (this.#shown) process.stderr.write('\r\u001B[K');
    this.#shown = false;
  }
}
