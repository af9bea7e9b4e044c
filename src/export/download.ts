/** Hands a file to the browser's downloads. */
export function download(content: string | Blob, name: string, type: string): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: `${type};charset=utf-8` }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the blob by the time a later task runs; some need a moment more.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
