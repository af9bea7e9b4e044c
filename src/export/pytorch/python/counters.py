# Counter-based random numbers: every draw is a pure function of (root seed, stream, lane seed, step, index). The mixer is
# pcg4d (Jarzynski & Olano, "Hash Functions for GPU Rendering", JCGT 2020). Words are kept in uint64, below 2^32.

STREAM_BATCH, STREAM_EPOCH, STREAM_DROPOUT = 2, 3, 5


def mix(a, b, c, d):
    """Four well-mixed 32-bit words of four counters, which are integers or arrays that broadcast."""
    word = np.uint64(0xFFFFFFFF)
    x, y, z, w = (
        (np.asarray(counter, np.uint64) * np.uint64(1664525) + np.uint64(1013904223)) & word
        for counter in (a, b, c, d)
    )
    for last in (False, True):
        x = (x + y * w) & word
        y = (y + z * x) & word
        z = (z + x * y) & word
        w = (w + y * z) & word
        if not last:
            x, y, z, w = (value ^ (value >> np.uint64(16)) for value in (x, y, z, w))
    return np.broadcast_arrays(x, y, z, w)


def stream_key(root_seed, stream, lane_seed):
    return int(mix(root_seed, stream, lane_seed, 0x9E3779B9)[0])


def rows_with_replacement(key, step, batch, count):
    """The rows of minibatch `step`, drawn with replacement from `count`."""
    words = mix(key, step, np.arange(batch), 0)[0]
    return ((words * np.uint64(count)) >> np.uint64(32)).astype(np.int64)


def rows_of_epoch(key, step, batch, count):
    """The rows of minibatch `step` in the endless sequence of shuffled epochs: keyed permutations of 0 ... count - 1."""
    epoch, x = np.divmod(np.arange(batch, dtype=np.uint64) + np.uint64(step * batch), np.uint64(count))
    keys = [word for k in range(4) for word in mix(key, epoch, 0, k)]
    bits = (count - 1).bit_length()
    mask, shift = np.uint64((1 << bits) - 1), np.uint64(max(1, bits >> 1))
    outside = np.ones(batch, bool)
    while outside.any():
        y = x
        for factor, term in zip(keys[::2], keys[1::2]):
            y = ((y ^ (y >> shift)) * (factor | np.uint64(1)) + term) & mask
        x = np.where(outside, y, x)
        outside = x >= count
    return x.astype(np.int64)


def kept(key, step, batch, units, layer, rate):
    """Which activations stay in dropout number `layer`: batch x len(units), for units at these places in memory."""
    words = np.stack(mix(key, step, np.arange(batch)[:, None], (layer << 24) | (units[None, :] >> 2)), axis=-1)
    chosen = np.take_along_axis(words, np.broadcast_to(units & 3, words.shape[:2])[..., None], axis=-1)[..., 0]
    return chosen >= int(rate * 2**32)
