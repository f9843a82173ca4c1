"""From a checked scenario to the System, straight down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from egide.compiler import command, emission, forces, jamming, movers, rules, ruses, sensors, static
from egide.compiler.system import BATTERY, RADAR, STORE, System
from egide.ingest import dem as terrain
from egide.physics import air

if TYPE_CHECKING:
    from egide.scenario import Scenario

Array = np.ndarray[Any, Any]


def compile_scenario(scenario: Scenario) -> System:
    """The System of a scenario with its alternative applied. Raises ScenarioError for what only geography shows:
    terrain that does not cover the area, a radar below ground, a ballistic target out of range, a recording that
    cannot be read."""
    area = (scenario.area.south, scenario.area.north, scenario.area.west, scenario.area.east)
    dem = ground_of(scenario, area)
    places = places_of(scenario, dem)
    networks = {name: i for i, name in enumerate(scenario.networks)}
    names = rules.asset_names(scenario)

    fleet = movers.Fleet()
    carriers = movers.orbits(scenario, dem, fleet)
    movers.flights(scenario, dem, fleet)
    movers.traffic(scenario, dem, fleet)
    movers.raids(scenario, dem, fleet, places)
    movers.jammers(scenario, dem, fleet)
    mover_rows, vertices, attitudes = movers.rows(scenario, fleet, dem, {name: i for i, name in enumerate(names)})

    order = forces.Order()
    forces.sides(scenario, order)
    forces.sensors(scenario, dem, order, places, carriers)
    forces.batteries(scenario, dem, order, networks, places, names)
    forces.patrols(scenario, order, networks, carriers)
    links = forces.link_rows(scenario, networks, order)
    posts = command.post_rows(scenario, networks, order)
    emission.silences(scenario, order, fleet)
    emission.rules(scenario, order)
    jammers = jamming.jammers(scenario, fleet)
    order.used.update({body.jammer.type for body in fleet.bodies if body.jammer is not None})
    order.used.update({jamming.GENERAL} if len(jammers) else ())
    order.used.update({ruses.GENERAL} if fleet.ruses else ())
    forces.require(order)
    order.used.update(body.entry.id for body in fleet.bodies)

    radars = forces.stacked(order.radars, RADAR)
    zones, corners = rules.zones(scenario, dem)
    terrain_columns, terrain_meta = static.terrain(dem)
    return System(
        name=scenario.name,
        alternative=scenario.alternative or "",
        sha256=scenario.sha256,
        movers=mover_rows,
        vertices=vertices,
        radars=radars,
        sensors=sensors.sensors(radars),
        masks=np.stack(order.masks) if order.masks else np.zeros((0, *dem.height_m.shape), np.int16),
        airs=np.stack(order.airs) if order.airs else np.ones((0, *air.NODES)),
        dem=np.asarray(dem.height_m, np.float32),
        batteries=forces.stacked(order.batteries, BATTERY),
        stores=forces.stacked(order.stores, STORE),
        networks=forces.network_rows(scenario),
        links=links,
        posts=posts,
        assets=rules.assets(scenario, places, order.battery_names, order.radar_names),
        phases=rules.phases(scenario),
        corridors=rules.corridors(scenario, dem),
        windows=forces.window_rows(order),
        origin=rules.origin(scenario, dem),
        likelihoods=rules.likelihoods(scenario),
        rules=rules.rules(scenario, dem),
        tracking=sensors.rules_of(scenario).row(),
        attitudes=attitudes,
        zones=zones,
        corners=corners,
        grid=np.radians([dem.north_deg, dem.west_deg, dem.step_lat_deg, dem.step_lon_deg]),
        jammers=jammers,
        radios=jamming.radios(scenario, dem, places, len(jammers) > 0),
        tables={
            "objects": static.objects(scenario, fleet, order, names, places),
            "routes": static.routes(fleet),
            "assumptions": static.assumptions(scenario, order.used, order.flown),
            "reach": static.reach(order, dem),
            "likelihoods": rules.evidence_columns(scenario),
            "terrain": terrain_columns,
        },
        notes=(f"terrain: {dem.source}", *fleet.notes),
        terrain_meta=terrain_meta,
    )


def ground_of(scenario: Scenario, area: tuple[float, float, float, float]) -> terrain.Dem:
    """The scenario's terrain over an area: south, north, west, east."""
    written = scenario.terrain
    if written.flat:
        return terrain.flat(area)
    if written.package is not None:
        return terrain.package(written.package, area)
    return terrain.load([scenario.path(name) for name in written.paths], area)


def places_of(scenario: Scenario, dem: terrain.Dem) -> dict[str, tuple[float, float, float]]:
    """Latitude, longitude and ground height of sites and assets by name; an asset without a site stands on terrain."""
    places = {site.name: (*site.position, site.height_m) for site in scenario.sites}
    for asset in scenario.assets:
        if asset.site is not None:
            places[asset.name] = places[asset.site]
        elif asset.position is not None:
            row, col = round(float(dem.row(asset.position[0]))), round(float(dem.column(asset.position[1])))
            inside = 0 <= row < dem.height_m.shape[0] and 0 <= col < dem.height_m.shape[1]
            places[asset.name] = (*asset.position, max(float(dem.height_m[row, col]), 0.0) if inside else 0.0)
    return places
