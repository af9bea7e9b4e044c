/** The environment for programs under test, without the test runner's wishes for colours: where both are set, Node warns. */
export const environment = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined };
