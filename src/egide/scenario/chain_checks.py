"""Checks of a chain of command, between its posts and the batteries.

circle   a post that is above itself; nobody would be the highest
orphan   a battery that waits for orders which nobody gives
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from egide.errors import Problem
from egide.i18n import mark
from egide.scenario.chain import Post
from egide.scenario.explain import problem_at, suggestion
from egide.scenario.tree import Node

__all__ = ["above", "authority_of", "chain_checks"]


def above(name: str, posts: Mapping[str, Post]) -> list[str]:
    """The posts above one, the nearest first; ends where it would come round again."""
    found: list[str] = []
    post = posts[name]
    while post.superior is not None and post.superior in posts and post.superior not in found:
        found.append(post.superior)
        post = posts[post.superior]
    return found


def authority_of(post: Post) -> str | None:
    """The post that orders its batteries to fire."""
    return post.authority or post.superior


def chain_checks(scenario: Any, root: Node) -> Iterator[Problem]:
    """Circles, authorities that are not above, units that two posts or none command, data links that are not there."""
    posts = {post.name: post for post in scenario.chain}
    carriers = [link.name for link in scenario.links]
    for name, member in scenario.membership.items():
        carriers += [f"{a}-to-{b}" for other in member.of for a, b in ((other, name), (name, other))]
    post_of: dict[str, str] = {}
    for row, post in enumerate(scenario.chain):
        higher = above(post.name, posts)
        if post.name in higher:
            wrong, right = mark("{post} would be above itself"), mark("name another superior: {chain}")
            chain = " → ".join((post.name, *higher))
            yield problem_at(root, ("chain", row, "superior"), wrong, right, post=post.name, chain=chain)
        elif post.authority is not None and post.authority in posts and post.authority not in higher:
            hint, values = suggestion(post.authority, higher)
            wrong = mark("{authority} is not above {post}")
            yield problem_at(root, ("chain", row, "authority"), wrong, hint, authority=post.authority, post=post.name,
                             **values)  # fmt: skip
        if post.link.over is not None and post.link.over not in carriers:
            hint, values = suggestion(post.link.over, carriers)
            wrong = mark("there is no link called '{name}'")
            yield problem_at(root, ("chain", row, "link", "over"), wrong, hint, name=post.link.over, **values)
        for at, unit in enumerate(post.commands):
            if unit in post_of:
                wrong, right = mark("{unit} is commanded by {other} too"), mark("a unit has one post: remove it here")
                yield problem_at(root, ("chain", row, "commands", at), wrong, right, unit=unit, other=post_of[unit])
            post_of.setdefault(unit, post.name)
    yield from _orphans(scenario, root, posts, post_of)


def _orphans(scenario: Any, root: Node, posts: Mapping[str, Post], post_of: Mapping[str, str]) -> Iterator[Problem]:
    """Every unit whose doctrine or membership has it wait for a centre has a post with somebody above it; and one that
    falls back on self-defence knows how near that is."""
    if not posts:
        return
    for section in ("batteries", "patrols"):
        for row, unit in enumerate(getattr(scenario, section)):
            rules, member = scenario.doctrine.get(unit.doctrine), scenario.membership.get(unit.network)
            authority = rules.authority if rules is not None else "own"
            if member is not None:
                authority = member.switches()["engagement_authority"]
            post = posts.get(post_of.get(unit.name, ""))
            if authority == "centre" and (post is None or authority_of(post) is None):
                wrong = mark("{unit} waits for a centre's order, but no post with a superior commands it")
                right = mark("name it under 'commands' of a battery-post with a superior, or give it authority: own")
                yield problem_at(root, (section, row), wrong, right, unit=unit.name)
            if post is not None and post.fallback.rule == "self-defence" and not (rules and rules.self_defence):
                wrong = mark("{unit} falls back on self-defence, which its doctrine does not have")
                right = mark("add self_defence: true and self_defence_range to doctrine {doctrine}")
                yield problem_at(root, (section, row), wrong, right, unit=unit.name, doctrine=unit.doctrine)
