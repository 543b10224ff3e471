"""Dense training of the vision tower, before it is asked anything: what object has its centre in each image token, and the
numbers that solutions say of its place; or what is written there, and where. Learning to look by the loss of next tokens
alone is many times slower.

Rows of Ocean World name their objects (`extra_info.objects`) and what is written in their pictures (`extra_info.written`);
rows without objects teach what is no object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.config import TowerRecipe
from ocean_r1.data.labels import ATTRIBUTES, NUMBERS, UNKNOWN, cells_of, written_in
from ocean_r1.data.prompts import Example, Tokenizer
from ocean_r1.data.rows import RowError
from ocean_r1.driver import Observer, StepResult, drive
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.new import number_tokens
from ocean_r1.optimizer import lr_multiplier
from ocean_r1.start import open_run


@dataclass(frozen=True)
class LabelEmbeddings:
    """Embeddings of the language part: for each attribute those of its values and of the image token itself, which stands
    for nothing, (values + 1, D); those of the whole numbers from 0 on that are one token, (N, D); and all, (V, D)."""

    attributes: list[Tensor]
    numbers: Tensor
    all: Tensor


class Heads(nn.Module):
    """What is read off each image token while the tower learns; thrown away afterwards."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.numbers = nn.Linear(width, len(NUMBERS) * width, bias=False)
        self.nothing = nn.Parameter(torch.empty(width))
        self.log_scale = nn.Parameter(torch.tensor(3.0))

    def attributes(self, tokens_CD: Tensor, embeddings: LabelEmbeddings) -> list[Tensor]:
        """Of each token scores of each attribute's values and of nothing (C, values + 1)."""
        return [self.similarity(tokens_CD, own) for own in embeddings.attributes]

    def places(self, tokens_KD: Tensor, embeddings: LabelEmbeddings) -> Tensor:
        """Of tokens that have an object scores of the values of its NUMBERS (K, NUMBERS, N)."""
        said = self.numbers(tokens_KD).reshape(len(tokens_KD), -1, tokens_KD.shape[1])
        return self.similarity(said, embeddings.numbers)

    def written(self, tokens_CD: Tensor, embeddings: LabelEmbeddings, image_token: int) -> Tensor:
        """Of each token scores of what is written there (C, V). The image token, nothing, has a vector of its own here: the
        embeddings of tokens that no text has are all alike, and nothing could not be told from them."""
        nothing = torch.arange(len(embeddings.all), device=tokens_CD.device)[:, None] == image_token
        return self.similarity(tokens_CD, torch.where(nothing, self.nothing, embeddings.all))

    def similarity(self, tokens: Tensor, words_WD: Tensor) -> Tensor:
        return F.linear(F.normalize(tokens, dim=-1), F.normalize(words_WD, dim=-1)) * self.log_scale.exp()


def label_embeddings(model: VisionLanguageModel, tokenizer: Tokenizer) -> LabelEmbeddings:
    """The embeddings of what there is to say about an object, as the language part has them now. What is seen at a token
    is read off by its likeness to them: so the language part can copy from pictures as it copies from text. For numbers the
    likeness is that of a linear map of the token, one for each of NUMBERS."""
    weight = model.language_model.embed_tokens.weight.detach()

    def embedding(text: str) -> Tensor:
        return weight[tokenizer.ids(text)].mean(0)

    nothing = weight[tokenizer.image_token]
    return LabelEmbeddings(
        [torch.stack([*(embedding(f" {value}") for value in values), nothing]) for values in ATTRIBUTES.values()],
        weight[number_tokens(tokenizer.ids)],
        weight,
    )


def dense_loss(
    model: VisionLanguageModel, tokenizer: Tokenizer, heads: Heads, embeddings: LabelEmbeddings, examples: Sequence[Example]
) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch of pictures, and how much of it is right."""
    vision = model.config.vision
    grids = [grid for example in examples for grid in example.prompt.grids]
    pixels = torch.cat([example.prompt.patches for example in examples if example.prompt.patches is not None])
    cells = [
        cells_of(example.row.extra_info.get("objects") or [], grid, vision.patch_size, vision.spatial_merge_size)
        for example in examples
        for grid in example.prompt.grids
    ]
    letters = [
        written_in(
            example.row.extra_info.get("written") or [], tokenizer, grid, vision.patch_size, vision.spatial_merge_size
        )
        for example in examples
        for grid in example.prompt.grids
    ]
    tokens = model.visual(pixels, grids)[:, : vision.out_hidden_size]
    starts = torch.tensor([0, *(len(cell.present) for cell in cells[:-1])]).cumsum(0)
    centres = torch.cat([start + cell.where for start, cell in zip(starts, cells, strict=True)])
    written = torch.cat([own.tokens for own in letters]).to(tokens.device)
    lettered = written != tokenizer.image_token
    empty = (torch.cat([cell.present for cell in cells]).to(tokens.device) == 0) & ~lettered
    attributes = heads.attributes(tokens, embeddings)
    # Every cell counts alike: one beside an object that looks like it as well would be counted twice.
    loss = -torch.stack([scores[empty].log_softmax(1)[:, -1].sum() for scores in attributes]).mean() / max(1, len(centres))
    metrics = {}
    if lettered.any():
        # Of pictures that have writing, cell by cell.
        some = torch.cat([(own.tokens != tokenizer.image_token).any().expand(len(own.tokens)) for own in letters])
        scores = heads.written(tokens[some], embeddings, tokenizer.image_token)
        loss = loss + F.cross_entropy(scores, written[some], reduction="sum") / lettered.sum()
        metrics["tower/written"] = (scores.argmax(1) == written[some])[lettered[some]].float().mean().item()
        stands = torch.cat([own.numbers for own in letters]).to(tokens.device)[lettered]
        said = heads.places(tokens[lettered], embeddings)
        loss = loss + numbers_loss(said, stands)
        metrics["tower/error/written"] = (said.argmax(-1) - stands)[:, NUMBERS.index("y1")].abs().float().mean().item()
    if len(centres):
        for name, scores in zip(ATTRIBUTES, attributes, strict=True):
            truth = torch.cat([cell.attributes[name] for cell in cells]).to(scores.device)
            loss = loss + F.cross_entropy(scores[centres], truth) / len(ATTRIBUTES)
            metrics[f"tower/{name}"] = (scores[centres].argmax(1) == truth).float().mean().item()
        numbers = torch.cat([cell.numbers for cell in cells]).to(tokens.device)
        places = heads.places(tokens[centres], embeddings)
        loss = loss + numbers_loss(places, numbers)
        predicted = places.argmax(-1)
        for index, name in enumerate(NUMBERS):
            metrics[f"tower/error/{name}"] = (predicted - numbers)[:, index].abs().float().mean().item()
        metrics["tower/iou_over_half"] = (overlap(predicted[:, :4], numbers[:, :4]) > 0.5).float().mean().item()
    found = (attributes[0].argmax(1) < attributes[0].shape[1] - 1) & ~lettered
    counts = [int(part.sum()) for part in found.split([len(cell.present) for cell in cells])]
    right = [count == len(cell.where) for count, cell in zip(counts, cells, strict=True)]
    metrics["tower/count"] = sum(right) / len(right)
    return loss, metrics


def numbers_loss(said: Tensor, numbers: Tensor) -> Tensor:
    """Of scores (K, NUMBERS, N) of numbers (K, NUMBERS). One that is no token of its own cannot be told."""
    known = numbers.where((numbers >= 0) & (numbers < said.shape[2]), UNKNOWN)
    return F.cross_entropy(said.flatten(0, 1), known.flatten(), ignore_index=UNKNOWN)


def overlap(one_K4: Tensor, other_K4: Tensor) -> Tensor:
    """Intersection over union of boxes, pair by pair, (K,)."""
    one_K4, other_K4 = one_K4.float(), other_K4.float()
    low, high = torch.maximum(one_K4, other_K4)[:, :2], torch.minimum(one_K4, other_K4)[:, 2:]
    both = (high - low).clamp(min=0).prod(1)
    areas = [(box[:, 2:] - box[:, :2]).clamp(min=0).prod(1) for box in (one_K4, other_K4)]
    return both / (areas[0] + areas[1] - both).clamp(min=1e-6)


def train_tower(recipe: TowerRecipe, observer: Observer | None = None) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises as train_grpo does."""
    heads = Heads(ModelConfig.from_folder(recipe.model.path).text.hidden_size)
    initialise_heads(heads, recipe.seed)
    run = open_run(recipe, heads)
    embeddings = label_embeddings(run.model, run.tokenizer)

    def step(number: int) -> StepResult:
        examples = run.next_examples(recipe.images_per_step)
        pictured = [example for example in examples if example.prompt.grids]
        if not pictured:
            raise RowError(
                f"none of the {len(examples)} rows of step {number + 1} has a picture; "
                "leave rows without pictures out, or raise images_per_step"
            )
        loss, metrics = dense_loss(run.model, run.tokenizer, heads, embeddings, pictured)
        loss.backward()
        multiplier = lr_multiplier(recipe.optimizer, number, run.total)
        norm, _ = run.stepper.step(multiplier)
        metrics |= {
            "tower/loss": loss.item(),
            "actor/grad_norm": norm,
            "actor/lr": recipe.optimizer.lr * multiplier,
        }
        return StepResult(metrics, f"loss {metrics['tower/loss']:.3f}  count {metrics['tower/count']:.2f}")

    return drive(run, step, observer=observer)


@torch.no_grad()
def initialise_heads(heads: Heads, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for weight in (heads.numbers.weight, heads.nothing):
        weight.normal_(0, 0.02, generator=generator)
