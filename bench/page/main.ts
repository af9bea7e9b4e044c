/** The page: options, a table, and the same for a program that drives it. */
import { taskIds, taskTitle, type TaskId } from '../tasks';
import { reportText } from '../table';
import type { BenchRequest } from './api';
import { bench } from './bench';

const status = element('status', HTMLElement);
const button = element('run', HTMLButtonElement);
const result = element('result', HTMLElement);
const download = element('download', HTMLAnchorElement);

const boxes = taskIds.map((id) => {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = true;
  const label = document.createElement('label');
  label.append(box, ` ${id}: ${taskTitle(id)}`);
  element('tasks', HTMLElement).append(label);
  return { id, box };
});

const say = (line: string): void => {
  status.textContent = line;
  void window.benchProgress?.(line);
};

window.bench = { run: (request) => bench(request, say) };

element('options', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const chosen = boxes.filter(({ box }) => box.checked).map(({ id }) => id);
  if (chosen.length === 0) {
    say('Choose a task first.');
    return;
  }
  void runHere(chosen);
});

async function runHere(tasks: readonly TaskId[]): Promise<void> {
  const request: BenchRequest = {
    tasks,
    repeats: element('repeats', HTMLInputElement).valueAsNumber,
    quick: element('quick', HTMLInputElement).checked,
  };
  button.disabled = true;
  try {
    const report = await bench(request, say);
    result.textContent = reportText(report);
    result.hidden = false;
    URL.revokeObjectURL(download.href);
    download.href = URL.createObjectURL(
      new Blob([`${JSON.stringify(report, undefined, 2)}\n`], { type: 'application/json' }),
    );
    download.hidden = false;
    say('Done.');
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  } finally {
    button.disabled = false;
  }
}

/** An element of bench.html. */
function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`bench.html has no ${id}`);
  return found;
}
