/** What the command takes from the project's own code to check a document. Vite loads it: shaders come with it as text. */
export { parseExperiment } from '../../src/experiment/config';
export { filesOf } from '../../src/problems/registry';
