fn draw_row(key: u32, step: u32, index: u32, batch: u32) -> u32 {
  return row_of_epoch(key, step * batch + index, arrayLength(&targets));
}
