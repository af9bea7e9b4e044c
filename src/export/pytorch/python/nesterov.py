class Nesterov(torch.optim.Optimizer):
    """Nesterov's momentum, with both of its sequences:

        w' = u - eta g(u)
        u' = (1 + gamma) w' - gamma w

    The parameters of the model are u, where gradients are taken; they take the same steps as those of torch.optim.SGD with
    nesterov=True. w, whose loss is reported, is kept here.
    """

    def __init__(self, params, lr, momentum):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            eta, gamma = group["lr"], group["momentum"]
            for u in group["params"]:
                if u.grad is None:
                    continue
                w = self.state[u].setdefault("w", u.clone())
                w_next = u - eta * u.grad
                u.copy_((1 + gamma) * w_next - gamma * w)
                w.copy_(w_next)
