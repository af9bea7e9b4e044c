// Rows from_step .. of the data, for all lanes. What lies behind the last one is read as some other row, and not looked at.

fn groups() -> u32 {
  return 1u;
}

fn key_of(group: u32) -> u32 {
  return 0u;
}

fn row_of(key: u32, index: u32) -> u32 {
  return work.from_step + index;
}
