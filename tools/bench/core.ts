/** What the command takes from the project's own code. Vite loads it: shaders come with it as text. */
export { allRight } from '../../bench/report';
export { benchInNode } from '../../bench/node';
export { contestantIds } from '../../bench/contestant';
export { summary } from '../../bench/summary';
export { reportText } from '../../bench/table';
export { taskIds } from '../../bench/tasks';
