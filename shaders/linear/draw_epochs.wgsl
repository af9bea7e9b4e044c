// Rows in the order of shuffled epochs.

struct StepDraws {
  key: u32,
  // Position of the step's first row in the sequence of epochs.
  first: u32,
}

fn draws_of_step(key: u32, step: u32, batch: u32) -> StepDraws {
  return StepDraws(key, step * batch);
}

fn draw_row(draws: StepDraws, index: u32) -> u32 {
  return row_of_epoch(draws.key, draws.first + index, ROWS);
}
