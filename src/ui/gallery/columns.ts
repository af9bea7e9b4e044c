/**
 * Which cards take the whole width where there is room for two beside each other: those with something found, and the
 * last of an odd number of others in a row, which has no neighbour. So the cards keep their order and leave no holes.
 */
export function wideCards(found: readonly boolean[]): boolean[] {
  let alone = false;
  return found.map((own, k) => {
    alone = !own && !alone;
    return own || (alone && found[k + 1] !== false);
  });
}
