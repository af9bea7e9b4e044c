STREAM_AUGMENT = 8


def crop_flip(images, key, step, padding):
    """Random crops out of the images with a border of zeros, half of them mirrored (He et al. 2016)."""
    words = mix(stream_key(key, STREAM_AUGMENT, 0), step, np.arange(len(images)), 0)
    down, across = ((word * np.uint64(2 * padding + 1)) >> np.uint64(32) for word in words[:2])
    height, width = images.shape[2:]
    parts = [
        image[:, y : y + height, x : x + width]
        for image, y, x in zip(functional.pad(images, [padding] * 4), down.tolist(), across.tolist())
    ]
    return torch.stack([part.flip(2) if flip else part for part, flip in zip(parts, words[2] >= 2**31)])
