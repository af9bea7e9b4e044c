// Steps without recordings between them.

fn mark_of(row: u32) -> u32 {
  return 0xffffffffu;
}
