# SPDX-License-Identifier: GPL-3.0-or-later
"""Value and gradient of the network 2-16-16-1 by PyTorch, on one thread: reference_torch.py FILE. The file holds rows of x, y, class, a blank
line, then the parameters W1 b1 W2 b2 w3 b3. Prints the least processor time of a run in seconds and the value; exits with 77 without PyTorch."""
import sys
import time

try:
    import torch
except ImportError:
    sys.exit(77)

RUNS, H = 300, 16
rows, parameters = open(sys.argv[1]).read().split("\n\n")
data = torch.tensor([[float(x) for x in line.split()] for line in rows.splitlines()], dtype=torch.float64)
flat = torch.tensor([float(x) for x in parameters.split()], dtype=torch.float64)
torch.set_num_threads(1)
points, labels = data[:, :2].contiguous(), data[:, 2].contiguous()
blocks = [block.reshape(shape).clone().requires_grad_() for block, shape in zip(flat.split([2 * H, H, H * H, H, H, 1]), [(H, 2), (H,), (H, H), (H,), (1, H), (1,)])]
W1, b1, W2, b2, w3, b3 = blocks
linear, loss = torch.nn.functional.linear, torch.nn.functional.binary_cross_entropy_with_logits
best = float("inf")
for _ in range(RUNS):
    start = time.process_time()
    hidden = torch.tanh(linear(torch.tanh(linear(points, W1, b1)), W2, b2))
    value = loss(linear(hidden, w3, b3).squeeze(1), labels)
    torch.autograd.grad(value, blocks)
    best = min(best, time.process_time() - start)
print(best, value.item())
