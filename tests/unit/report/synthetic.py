"""An invented but complete result, to try the report on: three alternatives over Türkiye, a few objects each.

The figures are invented and drawn from a fixed generator; nothing here comes from the engine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from egide import events
from egide.analysis import measures, measuring
from egide.analysis.compare import compare
from egide.store import Bundle, Folder, Writer, open_bundle

Columns = dict[str, np.ndarray]

ALTERNATIVES = {
    "nato-only": {"en": "Allied units only", "fr": "Unités alliées seules"},
    "s400-alone": {"en": "S-400 on its own", "fr": "S-400 isolé"},
    "s400-integrated": {"en": "S-400 inside the network (hypothetical)", "fr": "S-400 dans le réseau (hypothèse)"},
}
SITES = {
    "ankara": (40.079, 32.566, 843.0),
    "incirlik": (37.002, 35.426, 73.0),
    "kahramanmaras": (37.58, 36.93, 568.0),
    "diyarbakir": (37.894, 40.201, 686.0),
    "izmir": (38.513, 27.010, 5.0),
    "konya": (37.979, 32.562, 1031.0),
    "malatya": (38.435, 38.091, 862.0),
}
REPLICATIONS = 40


def _text(*values: str) -> np.ndarray:
    return np.array(values, dtype=object)


def objects(alternative: str) -> Columns:
    """Rows of the table `objects`: kind, row, name, labels, class, relation, place, value."""
    rows: list[dict[str, Any]] = []

    def add(kind: str, row: int, name: str, en: str, fr: str, **more: Any) -> None:
        rows.append(
            {
                "kind": kind, "row": row, "name": name, "label_en": en, "label_fr": fr, "type": "", "class": "",
                "relation": "", "network": "", "latitude_deg": np.nan, "longitude_deg": np.nan, "height_m": 0.0,
                "value": 0.0, "unit_cost_usd": np.nan, "notional": False, "collector": "", "sender": "", **more,
            }
        )  # fmt: skip

    def at(site: str) -> dict[str, Any]:
        latitude, longitude, height = SITES[site]
        return {"latitude_deg": latitude, "longitude_deg": longitude, "height_m": height, "notional": True}

    add("network", 0, "alliance", "Alliance", "Alliance")
    add("network", 1, "s400", "S-400", "S-400")
    for row, (site, type_) in enumerate(
        [("izmir", "long-range"), ("konya", "long-range"), ("diyarbakir", "long-range"), ("ankara", "91n6e")]
    ):
        if type_ == "91n6e" and alternative == "nato-only":
            continue
        add("radar", row, f"radar-{site}", f"Radar {site}", f"Radar {site}", type=f"radar/{type_}",
            relation="friend", network="alliance", **at(site))  # fmt: skip
    add("battery", 0, "patriot-es", "Patriot (Spanish)", "Patriot (espagnol)", type="system/patriot-pac3",
        relation="friend", network="alliance", **at("incirlik"))  # fmt: skip
    add("battery", 1, "sampt-it", "SAMP/T (Italian)", "SAMP/T (italien)", type="system/samp-t", relation="friend",
        network="alliance", **at("kahramanmaras"))  # fmt: skip
    add("battery", 2, "cap-1", "F-16 patrol", "Patrouille F-16", type="aircraft/f-16c", relation="friend",
        network="alliance")  # fmt: skip
    if alternative != "nato-only":
        add("battery", 3, "s400-1", "S-400", "S-400", type="system/s-400", relation="friend", network="s400",
            **at("ankara"))  # fmt: skip
    for row, (name, en, fr, lat, lon, value) in enumerate(
        [
            ("ankara-base", "Ankara air base", "Base aérienne d'Ankara", 40.08, 32.56, 100.0),
            ("incirlik-base", "Incirlik air base", "Base aérienne d'Incirlik", 37.0, 35.42, 120.0),
            ("konya-city", "Konya", "Konya", 37.87, 32.48, 60.0),
        ]
    ):
        add("asset", row, name, en, fr, latitude_deg=lat, longitude_deg=lon, value=value)
    movers = (
        [("f35", f"F-35A {n}", "aircraft", "friend") for n in range(4)]
        + [("f16", f"F-16C {n}", "aircraft", "friend") for n in range(4)]
        + [("air", f"Airliner {n}", "airliner", "neutral") for n in range(30)]
        + [("crm", f"Cruise missile {n}", "cruise-missile", "hostile") for n in range(12)]
        + [("drn", f"Drone {n}", "drone", "hostile") for n in range(10)]
        + [("bal", f"Ballistic missile {n}", "ballistic", "hostile") for n in range(6)]
        + [("acf", f"Attacker {n}", "aircraft", "hostile") for n in range(8)]
    )
    for row, (prefix, label, class_, relation) in enumerate(movers):
        add("mover", row, f"{prefix}-{row}", label, label, **{"class": class_, "relation": relation})
    for row, name in enumerate(["missile/pac-3-mse", "missile/aster-30", "missile/air-to-air", "missile/48n6e3"]):
        add("weapon", row, name, name.split("/")[1], name.split("/")[1], type=name, unit_cost_usd=1.5e6 * (row + 1))
    return {key: np.array([row[key] for row in rows], dtype=object if isinstance(rows[0][key], str) else None)
            for key in rows[0]}  # fmt: skip


def routes(objects: Columns) -> Columns:
    """Rows of `routes`: a few points a mover."""
    out: dict[str, list[float]] = {key: [] for key in ("mover", "time_s", "latitude_deg", "longitude_deg", "height_m")}
    draw = np.random.default_rng(7)
    aims = [(40.08, 32.56), (37.0, 35.42), (37.87, 32.48)]
    for index in np.flatnonzero(objects["kind"] == "mover"):
        relation, class_ = objects["relation"][index], objects["class"][index]
        if relation == "neutral":
            points = [(36.2 + 5 * draw.random(), 26.5), (38.5 + draw.random(), 34.0), (37 + 4 * draw.random(), 43.5)]
            height = 10500.0
        elif relation == "friend":
            points = [(37.9, 32.5), (37.5, 35.0 + draw.random()), (38.4, 38.1), (37.0, 35.4)]
            height = 8000.0
        else:
            aim = aims[int(draw.integers(3))]
            start = (35.2, 34 + 4 * draw.random()) if class_ != "aircraft" else (35.1, 40 + draw.random())
            points = [start, ((start[0] + aim[0]) / 2 + 0.3, (start[1] + aim[1]) / 2), aim]
            height = {"ballistic": 60e3, "aircraft": 9e3, "drone": 500.0}.get(class_, 80.0)
        begin = 3600.0 if relation == "hostile" else 600.0
        for step, (lat, lon) in enumerate(points):
            for key, value in zip(
                out, (objects["row"][index], begin + 900 * step, lat, lon, height if step < 2 else 100.0), strict=True
            ):
                out[key].append(value)
    return {key: np.array(values, dtype="i4" if key == "mover" else "f8") for key, values in out.items()}


def reach(objects: Columns) -> Columns:
    """Rows of `reach`: range by azimuth of each radar and battery at 5 km and 1 m2."""
    out: dict[str, list[Any]] = {
        key: [] for key in ("kind", "object", "altitude_m", "rcs_m2", "azimuth_deg", "range_m")
    }
    draw = np.random.default_rng(3)
    for index in range(objects["kind"].size):
        kind = objects["kind"][index]
        if kind not in ("radar", "battery") or not np.isfinite(objects["latitude_deg"][index]):
            continue
        base = 270e3 if kind == "radar" else (200e3 if "s400" in objects["name"][index] else 70e3)
        for azimuth in range(0, 360, 2):
            out["kind"].append("detection" if kind == "radar" else "engagement")
            out["object"].append(objects["name"][index])
            out["altitude_m"].append(5000.0)
            out["rcs_m2"].append(1.0)
            out["azimuth_deg"].append(float(azimuth))
            out["range_m"].append(base * (0.75 + 0.25 * draw.random() if kind == "radar" else 1.0))
    return {key: np.array(values, dtype=object if isinstance(values[0], str) else "f8") for key, values in out.items()}


def terrain() -> tuple[Columns, dict[str, Any]]:
    """Rows of `terrain` and its grid: invented hills, sea in the south-west."""
    rows, columns, north, west, step_lat, step_lon = 80, 210, 43.0, 25.0, 0.1, 0.1
    lat = north - step_lat * np.arange(rows)[:, None]
    lon = west + step_lon * np.arange(columns)[None, :]
    height = 900 + 700 * np.sin(lat * 3.1) * np.cos(lon * 2.3) + 60 * (lon - 35)
    height[(lat < 36.6 + 0.2 * np.sin(lon)) & (lon < 36)] = 0
    height[(lat > 41.6) & (lon > 0)] = 0
    row, column = np.indices((rows, columns))
    table = {"row": row.ravel().astype("i4"), "column": column.ravel().astype("i4"),
             "height_m": np.clip(height, 0, None).ravel().astype("i2")}  # fmt: skip
    grid = {"rows": rows, "columns": columns, "north": north, "west": west, "step_lat": step_lat, "step_lon": step_lon}
    return table, grid


def assumptions() -> Columns:
    """Rows of `assumptions`."""
    rows = [
        ("radar/91n6e", "reference_range", "300 km", "390 km", "390 km", 3e5, 3.9e5, 3.9e5, "m", "assumed", "K",
         "S4-22 Wikipedia S-400", False, "vendor figure, page not re-read"),
        ("missile/48n6e3", "range", "150 km", "200 km", "250 km", 1.5e5, 2e5, 2.5e5, "m", "stated", "S2",
         "S4-02 FOI-R--4651--SE", True, "maker says 250 km, FOI 150 to 200 km"),
        ("missile/pac-3-mse", "kill_ballistic", "0.5", "0.7", "0.85", 0.5, 0.7, 0.85, "", "assumed", "A",
         "", False, "no public figure found"),
        ("general/command", "voice_latency", "30 s", "60 s", "120 s", 30.0, 60.0, 120.0, "s", "assumed", "A",
         "CI-07", False, "voice tell by telephone"),
        ("command-post/55k6e", "max_fire_units", "6", "6", "8", 6.0, 6.0, 8.0, "", "derived", "D", "S4-20", False, ""),
    ]  # fmt: skip
    names = ("entry", "parameter", "low", "nominal", "high", "low_si", "nominal_si", "high_si", "unit", "basis",
             "grade", "source", "disputed", "why")  # fmt: skip
    return {
        name: np.array([row[i] for row in rows], dtype=object if isinstance(rows[0][i], str) else None)
        for i, name in enumerate(names)
    }


def outcomes(objects: Columns, alternative: str, replication: int) -> np.ndarray:
    """One row a mover: invented fates; the lone S-400 engages a friend now and then."""
    movers = np.flatnonzero(objects["kind"] == "mover")
    draw = np.random.default_rng((11, replication))
    rows = np.zeros(movers.size, dtype=events.OUTCOME)
    for column in ("first_detected_s", "first_detected_m", "first_tracked_s", "first_engaged_s", "first_engaged_m"):
        rows[column] = np.nan
    kill = {"nato-only": 0.45, "s400-alone": 0.6, "s400-integrated": 0.65}[alternative]
    wrong = {"nato-only": 0.003, "s400-alone": 0.03, "s400-integrated": 0.006}[alternative]
    for row, index in enumerate(movers):
        luck, hostile = draw.random(), objects["relation"][index] == "hostile"
        rows["mover"][row], rows["killed_by"][row], rows["target"][row] = row, -1, int(draw.integers(3))
        rows["first_detected_s"][row] = (3700 if hostile else 620) + 1200 * draw.random()
        rows["first_detected_m"][row] = 250e3 * draw.random()
        rows["first_tracked_s"][row] = rows["first_detected_s"][row] + 20
        rows["end_s"][row] = rows["first_detected_s"][row] + 900
        if hostile:
            rows["fate"][row] = events.F_KILLED if luck < kill else events.F_LEAKED
            rows["shots"][row] = 2 if luck < kill else int(draw.integers(3))
        else:
            rows["fate"][row] = events.F_KILLED if luck < wrong else events.F_SURVIVED
            rows["shots"][row] = 2 if luck < wrong else 0
        if rows["shots"][row]:
            rows["first_engaged_s"][row] = rows["first_detected_s"][row] + 200
            rows["first_engaged_m"][row] = 90e3 * draw.random()
            rows["engagements"][row] = 1
        if rows["fate"][row] == events.F_KILLED:
            rows["killed_by"][row] = 0 if alternative == "nato-only" else 3
    return rows


def shots(outcome: np.ndarray, objects: Columns, alternative: str) -> np.ndarray:
    """Interceptors behind the outcomes: the last one of an object that was killed is the kill."""
    total = int(outcome["shots"].sum())
    rows = np.zeros(total, dtype=events.SHOT)
    at = 0
    for row in outcome:
        for k in range(int(row["shots"])):
            shot = rows[at]
            at += 1
            shot["launch_s"] = row["first_engaged_s"] + 4 * k
            shot["meet_s"], shot["range_m"] = shot["launch_s"] + 60, row["first_engaged_m"]
            shot["p_kill"], shot["mover"], shot["track"] = 0.7, row["mover"], row["mover"]
            shot["battery"] = 0 if alternative == "nato-only" else 3
            shot["weapon"] = shot["battery"]
            killed = row["fate"] == events.F_KILLED and k == row["shots"] - 1
            shot["result"] = events.S_KILL if killed else events.S_MISS
            shot["identity"] = events.ID_HOSTILE
    return rows[np.argsort(rows["launch_s"], kind="stable")]


def beliefs(shot: np.ndarray, alternative: str) -> tuple[np.ndarray, np.ndarray]:
    """Declarations and decisions that lead to each launch."""
    identities = np.zeros(2 * shot.size, dtype=events.IDENTITY_ROW)
    decisions = np.zeros(2 * shot.size, dtype=events.DECISION)
    network = 0 if alternative == "nato-only" else 1
    no_reply, off = 1 << events.EVIDENCE.index("no-military-reply"), 1 << events.EVIDENCE.index("off-corridor")
    for i, row in enumerate(shot):
        for k, (ahead, p, identity, bits) in enumerate(
            [(90, 0.62, events.ID_SUSPECT, no_reply), (20, 0.94, events.ID_HOSTILE, no_reply | off)]
        ):
            told = identities[2 * i + k]
            told["time_s"], told["p_hostile"], told["p_friend"] = row["launch_s"] - ahead, p, 1 - p - 0.02
            told["p_neutral"], told["network"], told["track"] = 0.02, network, row["track"]
            told["mover"], told["identity"], told["evidence"], told["told_by"] = row["mover"], identity, bits, -1
            chosen = decisions[2 * i + k]
            chosen["time_s"], chosen["p_hostile"], chosen["battery"] = row["launch_s"] - ahead + 2, p, row["battery"]
            chosen["track"], chosen["mover"], chosen["identity"] = row["track"], row["mover"], identity
            chosen["decision"] = events.D_ENGAGE if k else events.D_NO_ENGAGE
            chosen["reason"] = events.R_NONE if k else events.R_IDENTITY
            chosen["weapon"] = row["weapon"]
    return (identities[np.argsort(identities["time_s"], kind="stable")],
            decisions[np.argsort(decisions["time_s"], kind="stable")])  # fmt: skip


def knowledge(outcome: np.ndarray) -> np.ndarray:
    """Both pictures hold every object for two thirds of its time, rightly named for half of that."""
    rows = np.zeros(2 * outcome.size, dtype=events.KNOWLEDGE)
    rows["network"], rows["mover"] = np.repeat([0, 1], outcome.size), np.tile(outcome["mover"], 2)
    rows["flown_s"], rows["tracked_s"], rows["right_s"], rows["error_m2s"] = 900.0, 600.0, 300.0, 600.0 * 90.0**2
    rows["first_firm_s"] = np.tile(outcome["first_tracked_s"], 2)
    return rows


def damages(outcome: np.ndarray, objects: Columns) -> np.ndarray:
    """One hit a leaker."""
    leaked = outcome[outcome["fate"] == events.F_LEAKED]
    rows = np.zeros(leaked.size, dtype=events.DAMAGE)
    rows["time_s"], rows["asset"], rows["mover"], rows["value_lost"] = (
        leaked["end_s"],
        leaked["target"],
        leaked["mover"],
        6,
    )
    return rows


def write_bundle(
    folder: Path, alternative: str, replications: int = REPLICATIONS, without: tuple[str, ...] = ()
) -> Bundle:
    """One bundle, through the store's own writer."""
    named = objects(alternative)
    cells, grid = terrain()
    tables: dict[str, dict[int, Any]] = {name: {} for name in (*events.TABLES, "measures")}
    for number in range(replications):
        outcome = outcomes(named, alternative, number)
        shot = shots(outcome, named, alternative)
        identity, decision = beliefs(shot, alternative)
        made = {"outcomes": outcome, "shots": shot, "identities": identity, "decisions": decision,
                "damages": damages(outcome, named), "knowledge": knowledge(outcome)}  # fmt: skip
        found = measuring.measures(made, named)
        tables["measures"][number] = {name: np.array([value]) for name, value in found.items()}
        for name, rows in made.items():
            tables[name][number] = rows
    with Writer(folder) as writer:
        static = {
            "objects": named,
            "routes": routes(named),
            "assumptions": assumptions(),
            "reach": reach(named),
            "terrain": cells,
        }
        for name, columns in static.items():
            if name not in without:
                writer.static(name, columns)
        for name, parts in tables.items():
            if parts:
                writer.rows(name, parts)
        manifest = {
            "egide": "0.1.0",
            "scenario": {
                "name": "turkiye-2019", "sha256": "0" * 64, "alternative": alternative,
                "title": {"en": "Türkiye, July 2019", "fr": "Türkiye, juillet 2019"},
                "question": {"en": "What changes?", "fr": "Qu’est-ce qui change ?"},
                "label": ALTERNATIVES[alternative],
                "start": "2019-07-12T06:00:00+00:00", "duration_s": 7200.0,
            },
            "seed": 7, "point": 0, "replications": {"asked": replications, "done": [[0, replications - 1]]},
            "complete": True, "tracking": "full", "detail": [0], "terrain": grid,
            "versions": {"python": "3.11.2", "numpy": "2.4.0"}, "machine": {"platform": "Linux", "cpu": "two cores"},
            "notes": ["terrain: turkey_relief_2min.tif, 2 by 2 arc-minutes"],
        }  # fmt: skip
        text = "egide: 1\nname: turkiye-2019\nquestion: {en: 'What changes?', fr: 'Qu’est-ce qui change ?'}\n"
        writer.commit(manifest, text, measures.DOCS)
    return open_bundle(folder)


def write_comparison(folder: Path, replications: int = REPLICATIONS) -> Path:
    """A comparison folder of the three alternatives."""
    with Folder(folder) as whole:
        bundles = {name: write_bundle(whole.path / name, name, replications) for name in ALTERNATIVES}
        compare(bundles, "nato-only", [("s400-alone", "s400-integrated")]).write(whole)
        whole.commit()
    return folder
