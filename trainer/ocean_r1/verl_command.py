"""`ocean-r1 verl`: a recipe on many machines."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ocean_r1.config import GrpoRecipe, RecipeError, load_recipe, override


def add_verl(commands: Any) -> None:
    parser = commands.add_parser(
        "verl",
        help="GRPO on many machines: by verl on a cluster of Ray",
        description="Writes verl's configuration, rows and reward from a recipe, submits them as a job of Ray, and makes of "
        "what comes back the folder of a run as `train` would. It is started in verl's environment (docs/verl.md); output, "
        "model and rows lie where every node finds them under the same path. Ctrl-C stops the job.",
        epilog="example: ocean-r1 verl trainer/recipes/7b-stage1.toml --nodes 4 --ray http://head:8265",
    )
    parser.add_argument("recipe", type=Path, help="a TOML file of kind grpo")
    add_cluster(parser)
    parser.add_argument(
        "--ray", metavar="ADDRESS", help="of the cluster's dashboard; left out, a cluster of this machine alone"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="another value for a key of the recipe"
    )
    parser.add_argument("--plan", action="store_true", help="write and check all that the job needs, and submit nothing")
    parser.set_defaults(run=run_verl, after_stop="the same command follows the job, or goes on from its last checkpoint")


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """What is said of verl's machines, whoever gives them the job."""
    parser.add_argument("--nodes", type=int, default=1, help="machines (1)")
    parser.add_argument("--gpus", type=int, default=8, help="of each machine (8)")
    parser.add_argument("--verl", action="append", default=[], metavar="KEY=VALUE", help="another value for a key of verl's")


def run_verl(options: argparse.Namespace) -> None:
    recipe = load_recipe(options.recipe, dict(map(override, options.set)))
    if not isinstance(recipe, GrpoRecipe):
        raise RecipeError(f"{options.recipe} is a recipe of kind {recipe.kind!r}; on verl runs GRPO alone")
    # torch takes seconds to import: a mistake in a recipe is told before.
    from ocean_r1.verl.config import Cluster
    from ocean_r1.verl.run import plan_verl, train_verl

    cluster = Cluster(options.nodes, options.gpus)
    if options.plan:
        print(plan_verl(recipe, cluster, options.verl))
    else:
        print(train_verl(recipe, cluster, options.ray, options.verl))
