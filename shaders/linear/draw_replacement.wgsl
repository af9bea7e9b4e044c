fn draw_row(key: u32, step: u32, index: u32, batch: u32) -> u32 {
  return row_with_replacement(key, step, index, arrayLength(&targets));
}
