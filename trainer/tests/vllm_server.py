"""A server that speaks to a trainer as vLLM 0.32 does, draws by our own engine, and can be made to do wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import torch

from ocean_r1.data.images import PixelBounds, open_image, patches_of
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampling, sample
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.positions import tokens_of
from ocean_r1.models.weights import load_weights, tensors_of


@dataclass
class Vllm:
    """What it serves, and what it does wrong."""

    folder: Path
    """Of its model, of which it needs the config alone."""
    bounds: PixelBounds = field(default_factory=lambda: PixelBounds(1024, 1024))
    settings: dict[str, Any] = field(default_factory=dict)
    """Other than it is to be started with."""
    refuses: dict[str, int] = field(default_factory=dict)
    """Status by path."""
    spoils: Callable[[dict[str, Any]], object] = lambda reply: None
    """What it does to its replies."""
    takes: int = 10**6
    """So many weights; of later ones it says so only."""
    address: str = ""
    heard: list[tuple[str, Any]] = field(default_factory=list)
    """Paths and what was sent there."""
    replies: list[dict[str, Any]] = field(default_factory=list)
    model: VisionLanguageModel | None = None
    version: str = "default"
    lock: Any = field(default_factory=Lock)

    def answer(self, path: str, body: Any) -> Any:
        self.heard.append((path, body))
        match path:
            case "/server_info":
                model = {"model": str(self.folder), "max_model_len": 9000, "logprobs_mode": "processed_logprobs"}
                own = {"max_num_seqs": 8} | self.settings
                return {"vllm_config": {"model_config": model | self.settings, "scheduler_config": own}}
            case "/collective_rpc":
                assert body["method"] == "reload_weights"
                self.load(Path(body["kwargs"]["weights_path"]))
                return {"results": [None]}
            case "/update_weight_version":
                self.version = body["new_version"]
            case "/inference/v1/generate":
                self.replies.append(self.reply(body))
                return self.replies[-1]
        return {}

    def load(self, folder: Path) -> None:
        assert folder.is_absolute()
        if self.takes:
            self.takes -= 1
            self.model = build_model(ModelConfig.from_folder(self.folder))
            load_weights(self.model, tensors_of(folder))

    def reply(self, body: dict[str, Any]) -> dict[str, Any]:
        assert self.model is not None, "it was asked before it had weights"
        config, asked = self.model.config, body["sampling_params"]
        sent = [part["url"].removeprefix("data:image/png;base64,") for part in body["content_parts"]]
        pictures = [patches_of(open_image(base64.b64decode(each)), config.vision, self.bounds) for each in sent]
        grids = tuple(picture.grid for picture in pictures)
        lengths = iter(tokens_of(grid, config.vision.spatial_merge_size) for grid in grids)
        ids = [
            token for each in body["token_ids"] for token in [each] * (next(lengths) if each == config.image_token_id else 1)
        ]
        prompt = Prompt(torch.tensor(ids), torch.cat([each.pixels for each in pictures]) if pictures else None, grids)
        sampling = Sampling(
            asked["max_tokens"],
            tuple(asked["stop_token_ids"]),
            asked["temperature"],
            forbidden_tokens=tuple(int(token) for token, bias in asked["logit_bias"].items() if bias == -100),
        )
        seeds = torch.tensor([[asked["seed"] + member for member in range(asked["n"])]])
        assert asked["logprobs"] == 0
        with self.lock:
            [responses] = sample(self.model, [prompt], asked["n"], sampling, seeds, return_logp=True)
        reply = {"prompt_token_ids": ids, "choices": [self.choice(*each) for each in enumerate(responses)]}
        self.spoils(reply)
        return reply

    def choice(self, index: int, response: Response) -> dict[str, Any]:
        assert response.logp is not None
        ids = response.ids.tolist()
        told = zip(ids, response.logp.tolist(), strict=True)
        return {
            "index": index,
            "finish_reason": "stop" if response.finished else "length",
            "token_ids": ids,
            "logprobs": {"content": [{"token_id": token, "logprob": logp, "top_logprobs": []} for token, logp in told]},
            "weight_versions": [{"version": self.version, "start": 0, "end": len(ids)}],
        }


@contextmanager
def vllm_server(server: Vllm) -> Iterator[Vllm]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            status = server.refuses.get(path, 200)
            told = server.answer(path, json.loads(content or b"null")) if status == 200 else {"error": "it would not"}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.address = f"http://127.0.0.1:{http.server_port}"
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
