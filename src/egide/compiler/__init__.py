"""Scenario to System: names become indices, units become floats, routes become polylines."""

from egide.compiler.build import compile_scenario
from egide.compiler.system import System

__all__ = ["System", "compile_scenario"]
