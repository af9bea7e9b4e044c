class HeavyBall(torch.optim.Optimizer):
    """Polyak's momentum: w'' = w' - eta g(w') + gamma (w' - w).

    torch.optim.SGD multiplies its momentum by the present learning rate; this one keeps displacements, so that a changed
    learning rate does not rescale them.
    """

    def __init__(self, params, lr, momentum):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            eta, gamma = group["lr"], group["momentum"]
            for w in group["params"]:
                if w.grad is None:
                    continue
                moved = self.state[w].setdefault("moved", torch.zeros_like(w))
                moved.mul_(gamma).sub_(eta * w.grad)
                w.add_(moved)
