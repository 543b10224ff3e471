"""AdamW or Muon, their schedule, and the step that is not taken when gradients are not finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ocean_r1.config import Optimizer
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.muon import Muon
from ocean_r1.ranks import ALONE, Ranks, total_norm

MAX_SKIPPED = 3


class NotFiniteError(RuntimeError):
    """Gradients were not finite several steps in a row."""


def make_optimizers(
    model: VisionLanguageModel, settings: Optimizer, heads: nn.Module | None = None, fused: bool = True
) -> list[torch.optim.Optimizer]:
    """AdamW for everything; with `muon` Muon for the matrices between embeddings and heads, at rates that mean the same.
    Weights of which some are divided among processes move one by one, and not `fused`."""
    vision_lr = settings.lr if settings.vision_lr is None else settings.vision_lr
    vision = [parameter for parameter in model.visual.parameters() if parameter.requires_grad]
    of_vision = {id(parameter) for parameter in vision}
    others = [each for each in model.parameters() if each.requires_grad and id(each) not in of_vision]
    by_lr = [(others, settings.lr)]
    if vision_lr:
        by_lr.append((vision, vision_lr))
    if heads:
        by_lr.append((list(heads.parameters()), settings.lr))

    def groups(of_muon: bool) -> list[dict[str, Any]]:
        parts = [([p for p in parameters if (id(p) in inner) == of_muon], lr) for parameters, lr in by_lr]
        return [{"params": parameters, "base_lr": lr} for parameters, lr in parts if parameters]

    inside = (model.visual, model.language_model.layers) if settings.muon else ()
    inner = {id(p) for part in inside for name, p in part.named_parameters() if p.ndim == 2 and "embed" not in name}
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            groups(of_muon=False),
            lr=settings.lr,
            betas=settings.betas,
            weight_decay=settings.weight_decay,
            fused=fused,
            foreach=False,
        )
    ]
    if settings.muon:
        optimizers.append(Muon(groups(of_muon=True), settings.lr, settings.weight_decay))
    return optimizers


def lr_multiplier(settings: Optimizer, step: int, total: int, first_at_zero: bool = False) -> float:
    """What the learning rate is multiplied by; `step` counts from 0. `first_at_zero` is the seed's warm-up of zero steps."""
    if first_at_zero:
        return min(1.0, step / max(1, settings.warmup_steps))
    if step < settings.warmup_steps:
        return (step + 1) / settings.warmup_steps
    done = (step - settings.warmup_steps) / max(1, total - settings.warmup_steps)
    match settings.decay:
        case "constant":
            return 1.0
        case "linear":
            return 1 - done
        case "cosine":
            return (1 + math.cos(math.pi * done)) / 2


@dataclass
class Stepper:
    """Applies gradients. Three steps in a row without finite ones stop the run. `parameters` are all that the optimizers
    move: they are clipped together, and checked for being finite."""

    parameters: Sequence[nn.Parameter]
    optimizers: Sequence[torch.optim.Optimizer]
    settings: Optimizer
    ranks: Ranks = ALONE
    skipped: int = 0

    def step(self, lr_multiplier: float) -> tuple[float, bool]:
        """The gradients' norm before clipping, and whether the step was taken. Gradients are cleared."""
        norm = self.clip()
        taken = bool(torch.isfinite(norm))
        if taken:
            for optimizer in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group["base_lr"] * lr_multiplier
                optimizer.step()
            self.skipped = 0
        else:
            self.skipped += 1
            if self.skipped >= MAX_SKIPPED:
                raise NotFiniteError(
                    f"gradients were not finite {self.skipped} steps in a row; the last checkpoint is whole"
                )
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        return float(norm), taken

    def clip(self) -> Tensor:
        """Makes gradients that are longer than `max_grad_norm` so long; their norm before."""
        learnt = [parameter for parameter in self.parameters if parameter.grad is not None]
        if self.ranks.count == 1:
            return torch.nn.utils.clip_grad_norm_(learnt, self.settings.max_grad_norm)
        gradients = [parameter.grad for parameter in learnt if parameter.grad is not None]
        norm = total_norm(gradients, self.ranks)
        factor = min(1.0, self.settings.max_grad_norm / (float(norm) + 1e-6))
        for gradient in gradients:
            gradient.mul_(factor)
        return norm
