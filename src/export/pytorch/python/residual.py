class Residual(nn.Module):
    """x + F(x), where x goes through a projection if F changes its shape (He et al. 2016)."""

    def __init__(self, inner, shortcut):
        super().__init__()
        self.inner, self.shortcut = inner, shortcut

    def forward(self, x):
        return self.inner(x) + self.shortcut(x)
