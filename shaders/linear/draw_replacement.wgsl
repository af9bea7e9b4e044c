// Rows drawn with replacement.

struct StepDraws {
  words: StepWords,
}

fn draws_of_step(key: u32, step: u32, batch: u32) -> StepDraws {
  return StepDraws(words_of_step(key, step));
}

fn draw_row(draws: StepDraws, index: u32) -> u32 {
  let word = words_of_sample(draws.words, index).x;
  if (ROWS < 65536u) {
    return scale_word_short(word, ROWS);
  }
  return scale_word(word, ROWS);
}
