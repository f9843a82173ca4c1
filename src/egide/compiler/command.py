"""Posts of the chain of command, as rows.

way        posts from a battery's own up to its authority, with what each link takes
expected   what an order takes as a rule: up, decision, down; a battery plans its meeting points with it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from egide.compiler.forces import Order, spread
from egide.compiler.system import POST, W_ORDERS
from egide.rng import name_hash
from egide.scenario.chain import FALLBACKS
from egide.scenario.chain_checks import above, authority_of

if TYPE_CHECKING:
    from egide.scenario import Scenario
    from egide.scenario.chain import Post
    from egide.scenario.command import TimeSpread

Array = np.ndarray[Any, Any]


def post_rows(scenario: Scenario, networks: dict[str, int], order: Order) -> Array:
    """One row a post; each battery learns its post, and how long an order takes as a rule."""
    rows = np.zeros(len(scenario.chain), dtype=POST)
    at = {post.name: i for i, post in enumerate(scenario.chain)}
    links = {link.name: i for i, link in enumerate(scenario.links)}
    for i, (row, post) in enumerate(zip(rows, scenario.chain, strict=True)):
        _fill(row, post, scenario)
        row["superior"] = at[post.superior] if post.superior else -1
        row["authority"] = at.get(authority_of(post) or "", -1)
        row["network"] = networks[post.network] if post.network else -1
        row["over"] = links.get(post.link.over or "", -1)
        _windows(order, i, post.link.up_s, row)
    posts = {post.name: post for post in scenario.chain}
    for row, post in zip(rows, scenario.chain, strict=True):
        if row["authority"] >= 0:
            row["one_way_s"] = sum(rows[at[name]]["latency_s"][1] for name in _way(post, posts))
    _command(scenario, rows, at, posts, order)
    return rows


def _fill(row: Any, post: Post, scenario: Scenario) -> None:
    usual = scenario.catalog["general/command"]
    row["id"], row["up_now"] = name_hash(post.name), 1
    row["latency_s"] = _times(post.link.latency_s) or spread(usual, "link_latency")
    row["loss"] = usual.si("message_loss") if post.link.loss is None else post.link.loss
    row["decision_s"] = _times(post.decision_s) or spread(usual, "decision_time")
    row["exponential"], row["operators"] = int(post.decision_spread == "exponential"), post.operators
    back = post.fallback
    row["rule"] = 1 + FALLBACKS.index(back.rule)
    row["lost_after_s"], row["beat_s"], row["repeat_s"] = back.lost_after_s, back.beat_s, post.repeat_s
    row["fall_s"], row["return_s"] = back.delay_s, back.return_s


def _times(written: TimeSpread | None) -> tuple[float, float, float] | None:
    return (written.low_s, written.nominal_s, written.high_s) if written else None


def _way(post: Post, posts: dict[str, Post]) -> list[str]:
    """Posts whose links lead from one up to its authority."""
    higher = above(post.name, posts)
    goal = authority_of(post)
    return [post.name, *higher[: higher.index(goal)]] if goal in higher else []


def _windows(order: Order, index: int, up: Any, row: Any) -> None:
    """As those of other links: down before the first window and after each."""
    if up and up[0][0] > 0.0:
        row["up_now"] = 0
    for begin_s, end_s in up:
        if begin_s > 0.0:
            order.windows.append((begin_s, W_ORDERS, index, 1))
        order.windows.append((end_s, W_ORDERS, index, 0))


def _command(scenario: Scenario, rows: Array, at: dict[str, int], posts: dict[str, Post], order: Order) -> None:
    """Tell each battery its post; without one it fires, or waits, as its doctrine says."""
    post_of = {unit: post.name for post in scenario.chain for unit in post.commands}
    for battery, name in zip(order.batteries, order.battery_names, strict=True):
        battery["post"] = at.get(post_of.get(name, ""), -1)
        if battery["post"] < 0 or battery["centre"] == 0:
            continue
        row = rows[battery["post"]]
        row["listens"] = 1
        way = [rows[at[each]] for each in _way(posts[post_of[name]], posts)]
        decision = rows[row["authority"]]["decision_s"]
        battery["order_s"] = [2.0 * sum(each["latency_s"][k] for each in way) + decision[k] for k in range(3)]
