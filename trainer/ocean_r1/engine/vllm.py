"""A vLLM server that samples in the place of our own engine: before each step it is given the weights, and it answers a
prompt by a whole group of token ids, with the probability of each and with the weights that drew it.

What is asked of it (vLLM 0.32): `/inference/v1/generate`, which `--enable-scale-out` opens, and what VLLM_SERVER_DEV_MODE=1
opens: `/server_info`, `/pause`, `/collective_rpc`, `/update_weight_version` and `/resume`.
"""

from __future__ import annotations

import base64
import http.client
import io
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import torch
from PIL import Image
from pydantic import BaseModel, Field, ValidationError

from ocean_r1.config import problems_of
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampling
from ocean_r1.files import as_write_error, make_folder, remove
from ocean_r1.models.config import ModelConfig, VisionConfig
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.positions import tokens_of
from ocean_r1.models.weights import hub_state, save_state

PATIENCE = 30 * 60
"""Seconds that an answer may take: a group of long responses behind many others takes minutes."""
FORBIDDEN = -100.0
"""Added to the logit of a token that is not to be drawn: the least that vLLM takes."""


class ServerError(RuntimeError):
    """What the server that samples cannot do, or did wrongly, and what to do about it."""


class ServedModel(BaseModel):
    model: str
    max_model_len: int
    logprobs_mode: str


class Scheduler(BaseModel):
    max_num_seqs: int


class Settings(BaseModel):
    model: ServedModel = Field(alias="model_config")
    scheduler: Scheduler = Field(alias="scheduler_config")


class ServerInfo(BaseModel):
    """Of `/server_info`: what the server was started with."""

    settings: Settings = Field(alias="vllm_config")


class Token(BaseModel):
    token_id: int
    logprob: float


class Logprobs(BaseModel):
    content: list[Token]


class Span(BaseModel):
    """Tokens that the same weights drew."""

    version: str


class Choice(BaseModel):
    token_ids: list[int]
    finish_reason: str
    logprobs: Logprobs | None = None
    weight_versions: list[Span] | None = None


class Reply(BaseModel):
    """Of `/inference/v1/generate`: the prompt as the server's model sees it, and the members of the group."""

    prompt_token_ids: list[int]
    choices: list[Choice]


Parsed = TypeVar("Parsed", bound=BaseModel)


class VllmServer:
    """Every method raises ServerError."""

    def __init__(self, address: str, config: ModelConfig) -> None:
        self.address = address.rstrip("/")
        self.config = config
        self.version = ""
        """Of the weights that it has to answer by."""

    def check(self, folder: Path, group: int, tokens: int) -> None:
        """That it serves the folder's model, groups of this size, prompts and responses of so many tokens, and tells the
        probabilities that it draws by."""
        told = self.parsed(ServerInfo, self.ask("GET", "/server_info?config_format=json")).settings
        there = Path(told.model.model)
        if (there / "config.json").is_file() and ModelConfig.from_folder(there) != self.config:
            raise ServerError(f"{self.address} serves {there}, which is another model than {folder}: start it with that one")
        for right, option, has in (
            (told.model.logprobs_mode == "processed_logprobs", "logprobs-mode processed_logprobs", told.model.logprobs_mode),
            (told.model.max_model_len >= tokens, f"max-model-len {tokens}", told.model.max_model_len),
            (told.scheduler.max_num_seqs >= group, f"max-num-seqs {group} or more", told.scheduler.max_num_seqs),
        ):
            if not right:
                raise ServerError(f"{self.address}: start it with --{option}; it has {has}")

    def push(self, model: VisionLanguageModel, folder: Path) -> str:
        """Gives it the model's weights, by a file in a folder that is gone afterwards; the version that they are called by.
        Raises WriteError too."""
        make_folder(folder)
        with as_write_error(folder):
            save_state(hub_state(model), folder)
        version = uuid4().hex
        self.ask("POST", "/pause?mode=wait")  # until nothing is drawn; it forgets what it has computed by the old ones
        try:
            load = {"method": "reload_weights", "kwargs": {"weights_path": str(folder.absolute())}}
            self.ask("POST", "/collective_rpc", load)
            self.ask("POST", "/update_weight_version", {"new_version": version})
        finally:
            self.ask("POST", "/resume")
        remove(folder)
        return version

    def sample(self, prompt: Prompt, group: int, sampling: Sampling, seed: int) -> list[Response]:
        """`group` responses to a prompt, which is sent once with its pictures. `logp` is that of the distribution that they
        were drawn from."""
        asked = {
            "token_ids": self.unexpanded(prompt),
            "content_parts": [
                {"type": "image_url", "url": "data:image/png;base64," + base64.b64encode(picture).decode()}
                for picture in pictures_of(prompt, self.config.vision)
            ],
            "sampling_params": {
                "n": group,
                "seed": seed,
                "max_tokens": sampling.max_new_tokens,
                "temperature": sampling.temperature,
                "stop_token_ids": list(sampling.stop_tokens),
                "ignore_eos": True,  # what ends a response is what the trainer takes for an end
                "logit_bias": {str(token): FORBIDDEN for token in sampling.forbidden_tokens},
                "logprobs": 0,  # those of what was drawn
                "detokenize": False,
            },
            "return_token_ids": True,
        }
        reply = self.parsed(Reply, self.ask("POST", "/inference/v1/generate", asked))
        ids = prompt.ids.tolist()
        if reply.prompt_token_ids != ids:
            image = self.config.image_token_id
            there, here = reply.prompt_token_ids.count(image), ids.count(image)
            raise ServerError(
                f"{self.address} reads a prompt as {len(reply.prompt_token_ids)} tokens, {there} of them of pictures, and "
                f"the trainer as {len(ids)}, {here} of them: give it the recipe's data.min_pixels and data.max_pixels by "
                "--mm-processor-kwargs, and the run's tokenizer"
            )
        if len(reply.choices) != group:
            raise ServerError(f"{self.address} answered {len(reply.choices)} times where {group} responses were asked for")
        return [self.response(choice, sampling) for choice in reply.choices]

    def response(self, choice: Choice, sampling: Sampling) -> Response:
        if choice.finish_reason not in ("stop", "length") or not choice.token_ids:
            raise ServerError(f"{self.address} gave a response up ({choice.finish_reason}): its log says why")
        drawn = choice.logprobs.content if choice.logprobs else []
        if [token.token_id for token in drawn] != choice.token_ids:
            raise ServerError(f"{self.address} told no log-probabilities of what it drew: it has to be vLLM 0.32 or newer")
        versions = {span.version for span in choice.weight_versions or []}
        if versions != {self.version}:
            raise ServerError(
                f"{self.address} answered by weights {', '.join(sorted(versions))}, which are not this step's "
                f"({self.version}): somebody else gives it weights, and each run needs a server of its own"
            )
        logp = torch.tensor([token.logprob for token in drawn])
        return Response(torch.tensor(choice.token_ids), choice.token_ids[-1] in sampling.stop_tokens, logp)

    def unexpanded(self, prompt: Prompt) -> list[int]:
        """The prompt's ids with one token for each picture, as many as which the server makes of it by itself."""
        image, merge = self.config.image_token_id, self.config.vision.spatial_merge_size
        ids, short = prompt.ids.tolist(), list[int]()
        lengths = iter(tokens_of(grid, merge) for grid in prompt.grids)
        place = 0
        while place < len(ids):
            short.append(ids[place])
            place += next(lengths) if ids[place] == image else 1
        return short

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, content, {"content-type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                needs = "it has to be vLLM 0.32 or newer, started with VLLM_SERVER_DEV_MODE=1"
                raise ServerError(f"{self.address} has no {path.partition('?')[0]}: {needs}") from error
            said = error.read().decode(errors="replace")[:500]
            raise ServerError(f"{self.address}{path}: it says {error.code}, {said}; its log says more") from error
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(
                f"no vLLM server answers at {self.address} ({error}): start one, or name another by rollout.server"
            ) from error
        except ValueError as error:
            raise ServerError(f"{self.address}{path} is no door of a vLLM server: what it says is no JSON") from error

    def parsed(self, kind: type[Parsed], told: Any) -> Parsed:
        try:
            return kind.model_validate(told)
        except ValidationError as error:
            raise ServerError(f"{self.address} does not answer as vLLM 0.32 does: {problems_of(error)[:500]}") from error


def pictures_of(prompt: Prompt, config: VisionConfig) -> list[bytes]:
    """A PNG of each picture of a prompt, put together again from its patches (data/images.py cuts them): it is what the
    trainer's model sees, in a size that the same rule leaves as it is."""
    if prompt.patches is None:
        return []
    patch, merge = config.patch_size, config.spatial_merge_size
    mean, std = torch.tensor(config.pixel_mean), torch.tensor(config.pixel_std)
    pictures = []
    sizes = [time * rows * columns for time, rows, columns in prompt.grids]
    for pixels, (_, rows, columns) in zip(prompt.patches.split(sizes), prompt.grids, strict=True):
        # (rows, columns of blocks, row, column in block, 3, frames, patch, patch), of which all frames are alike
        blocks = pixels.view(rows // merge, columns // merge, merge, merge, 3, -1, patch, patch)[..., 0, :, :]
        values = blocks.permute(0, 2, 5, 1, 3, 6, 4).reshape(rows * patch, columns * patch, 3)
        out = io.BytesIO()
        Image.fromarray(((values * std + mean) * 255).round().byte().numpy()).save(out, "PNG", compress_level=1)
        pictures.append(out.getvalue())
    return pictures
