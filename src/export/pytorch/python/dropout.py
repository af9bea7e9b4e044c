class Dropout(nn.Module):
    """Dropout whose masks are drawn by counters: those of step t are the same in every run with this lane seed."""

    step = 0  # set by the training loop

    def __init__(self, rate, layer):
        super().__init__()
        self.rate, self.layer = rate, layer
        self.key = stream_key(SEED, STREAM_DROPOUT, LANE_SEED)

    def forward(self, x):
        if not self.training:
            return x
        channels, *image = x.shape[1:]
        # In the playground, images lie in memory channels last, their channels filled up to a multiple of four.
        pixels = np.arange(int(np.prod(image, dtype=int))) * (-(-channels // 4) * 4)
        units = (np.arange(channels)[:, None] + pixels).ravel()
        mask = torch.tensor(kept(self.key, Dropout.step, len(x), units, self.layer, self.rate), device=x.device)
        return x * mask.reshape(x.shape) / (1 - self.rate)
