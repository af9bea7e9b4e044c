@torch.no_grad()
def restart(optimizer):
    """Begins anew from w, as the authors of MaSS do where the learning rate falls."""
    for u, state in optimizer.state.items():
        u.copy_(state["w"])
