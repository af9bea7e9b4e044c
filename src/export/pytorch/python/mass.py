class MaSS(torch.optim.Optimizer):
    """MaSS: Liu & Belkin, "Accelerating SGD with momentum for over-parameterized learning", ICLR 2020, arXiv 1810.13395.

        w' = u - eta g(u)
        u' = (1 + gamma) w' - gamma w + eta2 g(u)

    with gamma = (1 - alpha) / (1 + alpha) and eta2 = eta (1 - 1 / kappa) / (1 + alpha). The parameters of the model are u,
    where gradients are taken; w, whose loss is reported, is kept here. kappa = 1 is Nesterov's method; published values
    for deep networks are alpha = 0.05 and kappa between 2 and 12.
    """

    def __init__(self, params, lr, alpha=0.05, kappa=3.0):
        if not (lr > 0 and 0 < alpha <= 1 and kappa >= 1):
            raise ValueError(f"MaSS needs lr > 0, 0 < alpha <= 1 and kappa >= 1, not {lr}, {alpha} and {kappa}")
        super().__init__(params, {"lr": lr, "alpha": alpha, "kappa": kappa})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            eta, alpha = group["lr"], group["alpha"]
            gamma = (1 - alpha) / (1 + alpha)
            eta2 = eta * (1 - 1 / group["kappa"]) / (1 + alpha)
            for u in group["params"]:
                if u.grad is None:
                    continue
                w = self.state[u].setdefault("w", u.clone())
                w_next = u - eta * u.grad
                u.copy_((1 + gamma) * w_next - gamma * w + eta2 * u.grad)
                w.copy_(w_next)
