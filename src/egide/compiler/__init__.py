"""Scenario to System: names become indices, units become floats, routes become polylines."""
